package io.byssus.client.calls;

import java.util.random.RandomGenerator;

/**
 * How long one call waits between its attempts. Not safe for several threads at once.
 *
 * <p>A dispatcher that cannot be reached is a reason to try the next one, not to wait: the first
 * round through all dispatchers waits only after the last of them.
 */
public final class Backoff {
  private static final int MAX_DOUBLINGS = 20;

  private final Waits waits;
  private final int dispatchers;
  private final RandomGenerator random;
  private int unreached;
  private int waited;

  /**
   * Between what a wait may be.
   *
   * @param initialNanos the first
   * @param longestNanos the longest
   */
  public record Waits(long initialNanos, long longestNanos) {}

  Backoff(Waits waits, int dispatchers, RandomGenerator random) {
    this.waits = waits;
    this.dispatchers = dispatchers;
    this.random = random;
  }

  /** Nanoseconds to wait before the attempt after this failure. */
  public long next(CallFailure failure) {
    if (failure.ofThisDispatcher() && ++unreached < dispatchers) {
      return 0;
    }
    long initial = waits.initialNanos();
    long longest = waits.longestNanos();
    int doublings = Math.min(waited++, MAX_DOUBLINGS);
    long wait =
        Math.min(longest, initial << Math.min(doublings, Long.numberOfLeadingZeros(initial) - 1));
    // Half of the wait is chance, so that calls that failed together do not come back together.
    long jittered = wait - random.nextLong(wait / 2 + 1);
    long asked = Durations.nanos(failure.retryDelay());
    return jittered >= asked ? jittered : asked + random.nextLong(asked / 4 + 1);
  }
}
