package io.byssus.server;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * When one replica appends a mark that any replica of its shard may append: some time after the
 * need was seen, so that mostly one does it for all and the others see that need gone; and not
 * again within a second. Where one need follows another, each is waited with anew, and for half a
 * second longer: somebody has met the last one, so what comes thick and fast is met together. A
 * need that stays is met within about a second. Not thread-safe.
 */
final class MarkPace {
  static final long MOST_JITTER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  static final long LEAST_APART_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How long after a need has gone nothing is done about the next. */
  static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final RandomGenerator random;
  private OptionalLong lastNeed = OptionalLong.empty();
  private boolean met;
  private long metNanos;
  private long dueNanos;
  private boolean appended;
  private long appendedNanos;

  MarkPace(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Whether to append a mark at this moment.
   *
   * @param need what is needed now: any number that another need does not have; empty where there
   *     is none
   */
  boolean isTime(OptionalLong need, long nowNanos) {
    if (!need.equals(lastNeed)) {
      if (lastNeed.isPresent()) {
        met = true;
        metNanos = nowNanos;
      }
      long rest = met ? Math.max(0, metNanos + REST_NANOS - nowNanos) : 0;
      dueNanos = nowNanos + rest + random.nextLong(MOST_JITTER_NANOS + 1);
      lastNeed = need;
    }
    if (need.isEmpty()
        || nowNanos - dueNanos < 0
        || appended && nowNanos - appendedNanos < LEAST_APART_NANOS) {
      return false;
    }
    appended = true;
    appendedNanos = nowNanos;
    return true;
  }
}
