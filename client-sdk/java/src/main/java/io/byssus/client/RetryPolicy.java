package io.byssus.client;

import io.byssus.client.calls.Durations;
import java.time.Duration;

/**
 * How calls are repeated, on reasons that repeating may help against and until the call's deadline.
 * The wait doubles from {@code initialBackoff} to {@code maxBackoff}, each time shortened at random
 * by up to a half, and is never shorter than the dispatcher asked for.
 *
 * @param initialBackoff the first wait; positive
 * @param maxBackoff the longest wait; not below {@code initialBackoff}
 * @param attemptTimeout how long one attempt may take before another dispatcher is tried; positive
 */
public record RetryPolicy(Duration initialBackoff, Duration maxBackoff, Duration attemptTimeout) {
  private static final RetryPolicy DEFAULT =
      new RetryPolicy(Duration.ofMillis(20), Duration.ofSeconds(1), Duration.ofSeconds(3));

  /** Checks the durations. */
  public RetryPolicy {
    Durations.requirePositive(initialBackoff);
    Durations.requirePositive(attemptTimeout);
    if (maxBackoff.compareTo(initialBackoff) < 0) {
      throw new IllegalArgumentException(
          "maxBackoff " + maxBackoff + " is below initialBackoff " + initialBackoff);
    }
  }

  /** Waits of 20 ms to 1 s, attempts of at most 3 s. */
  public static RetryPolicy defaults() {
    return DEFAULT;
  }

  /** The same with another first wait. */
  public RetryPolicy withInitialBackoff(Duration backoff) {
    return new RetryPolicy(backoff, maxBackoff, attemptTimeout);
  }

  /** The same with another longest wait. */
  public RetryPolicy withMaxBackoff(Duration backoff) {
    return new RetryPolicy(initialBackoff, backoff, attemptTimeout);
  }

  /** The same with another limit of one attempt. */
  public RetryPolicy withAttemptTimeout(Duration timeout) {
    return new RetryPolicy(initialBackoff, maxBackoff, timeout);
  }
}
