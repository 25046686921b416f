package io.byssus.testkit.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.testkit.Seed;
import io.byssus.testkit.Violations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The check against histories of a register that works, and against a check that tries all. */
final class RandomHistoriesTest {
  private static final Duration FOREVER = Duration.ofDays(1);

  @Test
  void noHistoryOfARegisterThatWorksIsFaulted() {
    Seed seed = Seed.of("RandomHistoriesTest, that work");
    for (int i = 0; i < 300; i++) {
      RandomGenerator random = seed.part(i).random();
      int clients = 2 + random.nextInt(7);
      RandomHistory run = new RandomHistory(clients, i % 3 * 0.03, random).run(600);
      Violations violations = new Violations();
      new HistoryCheck<>(run.history, violations, FOREVER).run();
      assertEquals(0, violations.total(), () -> "seed " + seed.value() + ": " + violations);
    }
  }

  @Test
  void aLongHistoryOfABusyKeyIsCheckedInSeconds() {
    Seed seed = Seed.of("RandomHistoriesTest, long");
    RandomHistory run = new RandomHistory(6, 0.002, seed.random()).run(100_000);
    Violations violations = new Violations();
    long began = System.nanoTime();
    new HistoryCheck<>(run.history, violations, FOREVER).run();
    System.out.printf(
        "%d operations on one key checked in %.1f s%n",
        run.history.begun(), (System.nanoTime() - began) / 1e9);
    assertEquals(0, violations.total(), violations::toString);
  }

  @Test
  void theSearchAgreesWithTryingEveryOrder() {
    Seed seed = Seed.of("RandomHistoriesTest, every order");
    int faulty = 0;
    for (int i = 0; i < 4_000; i++) {
      RandomGenerator random = seed.part(i).random();
      List<Move> moves = arbitrary(random, 2 + random.nextInt(5));
      boolean expected = someOrder(new ArrayList<>(moves), 0);
      boolean found = new RegisterSearch(moves, Long.MAX_VALUE / 4).unexplained().isEmpty();
      assertEquals(expected, found, () -> "seed " + seed.value() + ": " + moves);
      faulty += expected ? 0 : 1;
    }
    assertTrue(faulty > 400 && faulty < 3_600, "faulty: " + faulty);
  }

  /** Operations with any answers at any moments: some can be explained, and some cannot. */
  private static List<Move> arbitrary(RandomGenerator random, int count) {
    long[] now = new long[1];
    History<Integer> history = new History<>(() -> ++now[0]);
    List<Operation<Integer>> open = new ArrayList<>();
    List<Move> moves = new ArrayList<>();
    int begun = 0;
    while (begun < count || !open.isEmpty()) {
      if (begun < count && (open.isEmpty() || random.nextInt(5) < 3)) {
        open.add(history.begin(1, 0, intent(random, ++begun)));
      } else {
        moves.add(end(open.remove(random.nextInt(open.size())), random));
      }
    }
    return moves;
  }

  private static Intent intent(RandomGenerator random, int value) {
    long other = random.nextInt(4);
    return switch (random.nextInt(6)) {
      case 0, 1 -> Intent.put(value);
      case 2 -> Intent.remove();
      case 3 -> Intent.putIf(other, value);
      default -> Intent.read(Level.LINEARIZABLE);
    };
  }

  private static Move end(Operation<Integer> operation, RandomGenerator random) {
    long value = random.nextInt(4);
    if (operation.intent().reads()) {
      if (value == 0) {
        operation.foundNothing();
      } else {
        operation.found(value, value);
      }
      return Move.read(operation);
    }
    int how = random.nextInt(4);
    if (how == 0) {
      operation.unknown();
      return Move.write(operation, false);
    }
    if (how == 1 && operation.intent().expected().isPresent()) {
      operation.conditionFailed(value != 0, value);
      return Move.conditionFailed(
          operation, random.nextBoolean() ? OptionalLong.of(value) : OptionalLong.empty());
    }
    operation.took(0);
    return Move.write(operation, true);
  }

  /** Tries every order of the moves left that their times allow. */
  private static boolean someOrder(List<Move> left, long state) {
    if (left.stream().noneMatch(Move::certain)) {
      return true;
    }
    long firstAnswer =
        left.stream()
            .filter(Move::certain)
            .mapToLong(move -> move.operation().returned())
            .min()
            .getAsLong();
    for (int i = 0; i < left.size(); i++) {
      Move move = left.get(i);
      if (move.operation().invoked() < firstAnswer && move.needs().met(state)) {
        List<Move> rest = new ArrayList<>(left);
        rest.remove(i);
        if (someOrder(rest, move.changes() ? move.after() : state)) {
          return true;
        }
      }
    }
    return false;
  }
}
