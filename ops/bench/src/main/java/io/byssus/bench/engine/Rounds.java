package io.byssus.bench.engine;

import java.time.Duration;
import java.util.List;

/**
 * How often, for how long and at which loads is measured.
 *
 * @param warmUps the most rounds that are not counted, 0 and up: there is no further one after one
 *     in which nobody's figure was far from that of the round before. A JVM takes about a minute of
 *     processor time to become as fast as it will be, which is long to wait for where it is warm
 * @param counted rounds that are: 1 and up
 * @param length of each contender's turn in a round
 * @param loads of a latency curve's points, as parts of the highest throughput: each above 0 and
 *     below 1, the lowest first
 */
public record Rounds(int warmUps, int counted, Duration length, List<Double> loads) {
  private static final List<Double> USUAL_LOADS = List.of(0.1, 0.25, 0.5, 0.75, 0.9);

  /** With latency curves of five points. */
  public Rounds(int warmUps, int counted, Duration length) {
    this(warmUps, counted, length, USUAL_LOADS);
  }

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
    if (loads.stream().anyMatch(load -> !(load > 0 && load < 1))) {
      throw new IllegalArgumentException("loads must be above 0 and below 1, are " + loads);
    }
    loads = List.copyOf(loads);
  }
}
