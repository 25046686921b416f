package io.byssus.bench.engine;

import java.util.List;

/**
 * Latencies against load.
 *
 * @param contender whose
 * @param points by rising load
 */
public record LatencyCurve(String contender, List<Point> points) {

  /**
   * Latencies at a load.
   *
   * @param perSecond operations per second that were due
   * @param p50Micros the median, microseconds
   * @param p99Micros the 99th percentile, microseconds
   */
  public record Point(double perSecond, double p50Micros, double p99Micros) {}

  /** Copies the list. */
  public LatencyCurve {
    points = List.copyOf(points);
  }
}
