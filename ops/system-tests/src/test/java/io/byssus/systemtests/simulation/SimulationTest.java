package io.byssus.systemtests.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.byssus.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Many runs of the whole in one thread each. A run that fails prints its seed; {@code -Dseed=N}
 * runs that one alone, {@code -Dsimulation.seeds=N} runs more.
 */
class SimulationTest {
  private static final int SEEDS = Integer.getInteger("simulation.seeds", 1_000);
  private static final int ENOUGH_TO_SEE_ALL = 500;
  private static final int AT_A_TIME = 2;

  /** What production says of troubles that are made on purpose, thousands of times. */
  @BeforeAll
  static void quiet() {
    level(Level.ERROR);
  }

  @AfterAll
  static void loud() {
    level(null);
  }

  private static void level(Level level) {
    ((Logger) LoggerFactory.getLogger("io.byssus")).setLevel(level);
  }

  @Test
  void everyInvariantHoldsInEveryRun() throws Exception {
    String given = System.getProperty(Seed.PROPERTY);
    long first = given == null ? System.nanoTime() & 0xFFFF_FFFFL : Long.parseLong(given);
    int count = given == null ? SEEDS : 1;
    AtomicLong steps = new AtomicLong();
    Tally tally = new Tally();
    Optional<SeedRun> failed = run(first, count, Optional.empty(), steps, tally);
    System.out.println(
        "simulation: seeds=" + count + " from=" + first + " steps=" + steps + " saw=" + tally);
    failed.ifPresent(run -> fail(story(run), run.failure().get().cause()));
    assertTrue(steps.get() >= 1_000L * count, "the runs are too short: " + steps.get());
    assertTrue(count < ENOUGH_TO_SEE_ALL || tally.isComplete(), "too little happened: " + tally);
  }

  @ParameterizedTest
  @EnumSource(PlantedBug.class)
  void everyPlantedBugIsFound(PlantedBug bug) throws Exception {
    AtomicLong steps = new AtomicLong();
    Optional<SeedRun> failed = run(1, SEEDS, Optional.of(bug), steps, new Tally());
    SeedRun run = failed.orElseThrow(() -> new AssertionError(bug + " was not found"));
    Invariant broken =
        run.failure()
            .get()
            .invariant()
            .orElseThrow(() -> new AssertionError(story(run), run.failure().get().cause()));
    System.out.println("simulation: " + bug + " breaks " + broken + " with seed=" + run.seed());
    assertTrue(bug.breaks().contains(broken), story(run));
  }

  @Test
  void aSeedReplaysExactly() {
    long seed = Seed.of("SimulationTest.aSeedReplaysExactly").value();
    SeedRun once = SeedRun.of(seed, Optional.empty());
    SeedRun again = SeedRun.of(seed, Optional.empty());
    assertEquals(once.steps(), again.steps());
    assertEquals(once.digest(), again.digest());
    SeedRun other = SeedRun.of(seed + 1, Optional.empty());
    assertTrue(once.digest() != other.digest(), "the digest tells nothing");
    SeedRun broken = SeedRun.of(seed, Optional.of(PlantedBug.NEW_STAMP_FOR_RETRY));
    SeedRun brokenAgain = SeedRun.of(seed, Optional.of(PlantedBug.NEW_STAMP_FOR_RETRY));
    assertEquals(
        broken.failure().map(SeedRun.Failure::story),
        brokenAgain.failure().map(SeedRun.Failure::story));
  }

  /** Runs seeds until one fails; of several that fail at a time the first. */
  private static Optional<SeedRun> run(
      long first, int count, Optional<PlantedBug> bug, AtomicLong steps, Tally tally)
      throws Exception {
    AtomicInteger next = new AtomicInteger();
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
    try {
      List<Callable<Optional<SeedRun>>> workers = new ArrayList<>();
      for (int worker = 0; worker < AT_A_TIME; worker++) {
        workers.add(
            () -> {
              while (!stop.get()) {
                int number = next.getAndIncrement();
                if (number >= count) {
                  break;
                }
                SeedRun run = SeedRun.of(first + number, bug);
                steps.addAndGet(run.steps());
                tally.add(run.tally());
                if (run.failure().isPresent()) {
                  stop.set(true);
                  return Optional.of(run);
                }
              }
              return Optional.empty();
            });
      }
      List<SeedRun> failed = new ArrayList<>();
      for (Future<Optional<SeedRun>> worker : threads.invokeAll(workers)) {
        worker.get().ifPresent(failed::add);
      }
      return failed.stream().min((a, b) -> Long.compare(a.seed(), b.seed()));
    } finally {
      threads.shutdownNow();
    }
  }

  private static String story(SeedRun run) {
    return run.failure().get().story() + "Replay with -Dseed=" + run.seed();
  }
}
