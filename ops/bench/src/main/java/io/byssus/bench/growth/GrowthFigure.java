package io.byssus.bench.growth;

import io.byssus.bench.engine.Spread;

/**
 * What is measured at every point of a curve.
 *
 * @param workload what is done
 * @param kind what is told of it
 */
public record GrowthFigure(Workload workload, Kind kind) {
  /** What is told of a workload. */
  public enum Kind {
    /** As many a second as it goes. */
    THROUGHPUT,
    /** The 99th percentile of latencies at half of the highest throughput. */
    P99
  }

  /** Short, of lower-case letters, digits and "-". */
  public String name() {
    return workload.label() + (kind == Kind.P99 ? "-p99" : "-throughput");
  }

  /** Of the figures. */
  public String unit() {
    return kind == Kind.P99 ? "µs" : workload.unit();
  }

  /** What an operation costs by figures: their latency, or their part of a second. */
  Spread cost(Spread figures) {
    return kind == Kind.P99
        ? figures
        : new Spread(1 / figures.median(), 1 / figures.max(), 1 / figures.min());
  }

  /** How the cost may grow along a curve. */
  public GrowthBound bound(GrowthCurve curve) {
    return curve == GrowthCurve.NAMESPACES && workload.reads()
        ? GrowthBound.NOT_AT_ALL
        : GrowthBound.LINEAR;
  }
}
