package io.byssus.testkit.history;

import io.byssus.testkit.Violation;
import io.byssus.testkit.Violations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Holds a history whose operations have all ended against what a store promises, each key by
 * itself:
 *
 * <ul>
 *   <li>writes, conditional writes and {@link Level#LINEARIZABLE} reads are linearizable;
 *   <li>{@link Level#SESSION} reads miss nothing that their client has written or seen;
 *   <li>{@link Level#BOUNDED} reads miss nothing acknowledged longer ago than the bound;
 *   <li>every read finds only what was written, by a write that was not said to have no effect, and
 *       under one version.
 * </ul>
 *
 * @param <K> what names a record
 */
public final class HistoryCheck<K> {
  private final History<K> history;
  private final Violations violations;
  private final long unknownNanos;

  /**
   * A check.
   *
   * @param unknownLifetime for how long after its call a write of unknown outcome may take effect
   */
  public HistoryCheck(History<K> history, Violations violations, Duration unknownLifetime) {
    this.history = history;
    this.violations = violations;
    this.unknownNanos = unknownLifetime.toNanos();
  }

  /**
   * Checks every key.
   *
   * @throws IllegalStateException where a key has more operations under way at once than can be
   *     decided
   */
  public void run() {
    for (K key : history.keys()) {
      List<Operation<K>> operations = history.of(key);
      WrittenValues<K> values = new WrittenValues<>(operations, violations);
      new FreshnessCheck<>(operations, values, violations).run();
      new RegisterSearch(moves(operations, values), unknownNanos)
          .unexplained()
          .ifPresent(what -> violations.found(Violation.NOT_LINEARIZABLE, what));
    }
  }

  private static <K> List<Move> moves(List<Operation<K>> operations, WrittenValues<K> values) {
    List<Move> certain = new ArrayList<>();
    List<Move> unknown = new ArrayList<>();
    for (Operation<K> operation : operations) {
      boolean reads = operation.intent().reads();
      switch (operation.outcome()) {
        case DONE -> {
          if (!reads) {
            certain.add(Move.write(operation, true));
          } else if (operation.intent().level() == Level.LINEARIZABLE) {
            certain.add(Move.read(operation));
          }
        }
        case CONDITION_FAILED -> {
          OptionalLong inTheWay = values.valueOf(operation.version());
          certain.add(Move.conditionFailed(operation, inTheWay));
        }
        case UNKNOWN -> {
          if (!reads) {
            unknown.add(Move.write(operation, false));
          }
        }
        case REFUSED -> {}
      }
    }
    List<Move> moves = new ArrayList<>(certain);
    moves.addAll(seenOrNot(unknown, certain));
    return moves;
  }

  /** Sets puts of unknown outcome apart whose values no move needs. */
  private static List<Move> seenOrNot(List<Move> unknown, List<Move> certain) {
    Set<Long> needed = new HashSet<>();
    certain.forEach(move -> move.needs().exactly().ifPresent(needed::add));
    List<Move> moves = new ArrayList<>();
    List<Move> left = new ArrayList<>(unknown);
    boolean more = true;
    while (more) {
      more = false;
      for (Move move : List.copyOf(left)) {
        if (move.after() == 0 || needed.contains(move.after())) {
          move.needs().exactly().ifPresent(needed::add);
          moves.add(move);
          left.remove(move);
          more = true;
        }
      }
    }
    left.forEach(move -> moves.add(Move.unseenPut(move.operation())));
    return moves;
  }
}
