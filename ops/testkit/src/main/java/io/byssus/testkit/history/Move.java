package io.byssus.testkit.history;

import java.util.OptionalLong;

/**
 * What one operation needs of a register and does to it, when it takes effect. A register holds a
 * value or, as 0, none.
 *
 * @param operation the operation
 * @param needs the state in which it can take effect
 * @param changes whether it changes the state
 * @param after the state afterwards, where it does
 * @param certain whether it took effect: then between its call and its answer. Else it may have, at
 *     any time from its call on
 */
record Move(Operation<?> operation, Need needs, boolean changes, long after, boolean certain) {
  /**
   * A state that is needed.
   *
   * @param exactly this; empty: any that is not excluded
   * @param notAbsent whether absence is excluded
   * @param not the value that is excluded; −1: none
   */
  record Need(OptionalLong exactly, boolean notAbsent, long not) {
    private static final Need NOTHING = new Need(OptionalLong.empty(), false, -1);

    static Need exactly(long value) {
      return new Need(OptionalLong.of(value), false, -1);
    }

    boolean met(long state) {
      return state != not
          && (exactly.isPresent() ? state == exactly.getAsLong() : !(notAbsent && state == 0));
    }

    /** Whether not every state will do. */
    boolean demanding() {
      return exactly.isPresent() || notAbsent || not >= 0;
    }
  }

  /** The move of a write. */
  static Move write(Operation<?> operation, boolean certain) {
    Need need = operation.intent().expected().map(Need::exactly).orElse(Need.NOTHING);
    return new Move(operation, need, true, operation.intent().value(), certain);
  }

  /** The move of a put of unknown outcome whose value nobody was told of. */
  static Move unseenPut(Operation<?> operation) {
    return new Move(operation, Need.NOTHING, true, RegisterSearch.UNSEEN, false);
  }

  /** The move of a read that was answered. */
  static Move read(Operation<?> operation) {
    return new Move(operation, Need.exactly(operation.found()), false, 0, true);
  }

  /**
   * The move of a write whose condition did not hold.
   *
   * @param inTheWay the value that was there; empty: not known, other than that it was there
   */
  static Move conditionFailed(Operation<?> operation, OptionalLong inTheWay) {
    long expected = operation.intent().expected().orElseThrow();
    OptionalLong exactly = operation.present() ? inTheWay : OptionalLong.of(0);
    return new Move(operation, new Need(exactly, true, expected), false, 0, true);
  }

  /** Whether it is a removal that may take effect in any state. */
  boolean removesAnything() {
    return changes && after == 0 && needs.exactly().isEmpty();
  }
}
