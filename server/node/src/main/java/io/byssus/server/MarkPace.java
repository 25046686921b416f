package io.byssus.server;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * When one replica appends a mark that any replica of its shard may append: some time after the
 * need was seen, so that mostly one does it for all and the others see the need gone; and not again
 * within a second. Not thread-safe.
 */
final class MarkPace {
  static final long MOST_JITTER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  static final long LEAST_APART_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final RandomGenerator random;
  private boolean needed;
  private long dueNanos;
  private boolean appended;
  private long appendedNanos;

  MarkPace(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Whether to append a mark at this moment.
   *
   * @param need whether there is a need now
   */
  boolean isTime(boolean need, long nowNanos) {
    if (need && !needed) {
      dueNanos = nowNanos + random.nextLong(MOST_JITTER_NANOS + 1);
    }
    needed = need;
    if (!need
        || nowNanos - dueNanos < 0
        || appended && nowNanos - appendedNanos < LEAST_APART_NANOS) {
      return false;
    }
    appended = true;
    appendedNanos = nowNanos;
    return true;
  }
}
