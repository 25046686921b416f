package io.byssus.client;

import java.util.random.RandomGenerator;

/**
 * How long one call waits between its attempts. Not safe for several threads at once.
 *
 * <p>A dispatcher that cannot be reached is a reason to try the next one, not to wait: the first
 * round through all dispatchers waits only after the last of them.
 */
final class Backoff {
  private static final int MAX_DOUBLINGS = 20;

  private final RetryPolicy policy;
  private final int dispatchers;
  private final RandomGenerator random;
  private int unreached;
  private int waits;

  Backoff(RetryPolicy policy, int dispatchers, RandomGenerator random) {
    this.policy = policy;
    this.dispatchers = dispatchers;
    this.random = random;
  }

  /** Nanoseconds to wait before the attempt after this failure. */
  long next(CallFailure failure) {
    if (failure.ofThisDispatcher() && ++unreached < dispatchers) {
      return 0;
    }
    long initial = Durations.nanos(policy.initialBackoff());
    long longest = Durations.nanos(policy.maxBackoff());
    int doublings = Math.min(waits++, MAX_DOUBLINGS);
    long wait =
        Math.min(longest, initial << Math.min(doublings, Long.numberOfLeadingZeros(initial) - 1));
    // Half of the wait is chance, so that calls that failed together do not come back together.
    long jittered = wait - random.nextLong(wait / 2 + 1);
    long asked = Durations.nanos(failure.retryDelay());
    return jittered >= asked ? jittered : asked + random.nextLong(asked / 4 + 1);
  }
}
