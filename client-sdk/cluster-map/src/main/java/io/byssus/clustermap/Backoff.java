package io.byssus.clustermap;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before the next attempt: doubling up to a bound, half of it by chance. */
final class Backoff {
  private final long firstNanos;
  private final long maxNanos;
  private final RandomGenerator random;
  private long nextNanos;

  Backoff(Duration first, Duration max, RandomGenerator random) {
    this.firstNanos = first.toNanos();
    this.maxNanos = max.toNanos();
    this.random = random;
    this.nextNanos = firstNanos;
  }

  /** The next wait, nanoseconds: at least half of the present bound, so that no loop spins. */
  long nextNanos() {
    long bound = nextNanos;
    nextNanos = Math.min(maxNanos, 2 * bound);
    return bound / 2 + random.nextLong(bound / 2 + 1);
  }

  /** To be called after a success: the next wait is a short one. */
  void reset() {
    nextNanos = firstNanos;
  }
}
