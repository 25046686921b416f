package io.byssus.bench.engine;

import java.time.Duration;

/**
 * How often and for how long is measured.
 *
 * @param warmUps rounds that are not counted: 0 and up
 * @param counted rounds that are: 1 and up
 * @param length of each contender's turn in a round
 */
public record Rounds(int warmUps, int counted, Duration length) {
  /** Checks the numbers. */
  public Rounds {
    if (warmUps < 0 || counted < 1) {
      throw new IllegalArgumentException(
          "there must be a counted round, and no less than 0 others; are "
              + counted
              + " and "
              + warmUps);
    }
    if (length.isNegative() || length.isZero()) {
      throw new IllegalArgumentException("a round must have a length, is " + length);
    }
  }
}
