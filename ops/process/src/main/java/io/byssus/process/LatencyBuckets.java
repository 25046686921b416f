package io.byssus.process;

import java.time.Duration;

/** The bounds by which all latencies of a process are told in its metrics. */
public final class LatencyBuckets {
  private static final Duration[] ALL = {
    Duration.ofNanos(250_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(2),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10)
  };

  private LatencyBuckets() {}

  /** The bounds, the shortest first. */
  public static Duration[] all() {
    return ALL.clone();
  }
}
