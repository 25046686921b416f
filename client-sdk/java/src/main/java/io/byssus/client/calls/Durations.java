package io.byssus.client.calls;

import java.time.Duration;

/** Checks of durations that users give. */
public final class Durations {
  /** Far enough for any wait, and far from where nanoseconds overflow. */
  static final Duration MAX = Duration.ofDays(365);

  private static final Duration MAX_MILLIS = Duration.ofMillis(Long.MAX_VALUE);

  private Durations() {}

  public static Duration requirePositive(Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("must be positive, is " + duration);
    }
    return duration;
  }

  public static Duration requireNotNegative(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("must not be negative, is " + duration);
    }
    return duration;
  }

  /** Whole milliseconds; what does not fit is the nearest that does. */
  public static long millis(Duration duration) {
    if (duration.isNegative()) {
      return -1;
    }
    return duration.compareTo(MAX_MILLIS) > 0 ? Long.MAX_VALUE : duration.toMillis();
  }

  /** Nanoseconds, at most those of {@link #MAX}. */
  public static long nanos(Duration duration) {
    return duration.compareTo(MAX) > 0 ? MAX.toNanos() : duration.toNanos();
  }
}
