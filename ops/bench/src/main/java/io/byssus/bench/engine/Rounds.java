package io.byssus.bench.engine;

import java.time.Duration;

/**
 * How often and for how long is measured.
 *
 * @param warmUps the most rounds that are not counted, 0 and up: there is no further one after one
 *     in which nobody's figure was far from that of the round before. A JVM takes about a minute of
 *     processor time to become as fast as it will be, which is long to wait for where it is warm
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
