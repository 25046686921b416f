package io.byssus.dispatcher.calls;

import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Until when a call is answered: a little before the caller stops listening (a tenth of the time it
 * gave, at most 50 ms), so that the reason of a failure arrives and not a bare DEADLINE_EXCEEDED.
 */
public final class CallDeadline {
  /** What a call gets whose caller gave no deadline. */
  public static final Duration WHERE_NONE_IS_GIVEN = Duration.ofSeconds(5);

  private static final long MAX_MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long MIN_ATTEMPT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final LongSupplier nanoTime;
  private final long answerAtNanos;

  private CallDeadline(LongSupplier nanoTime, long answerAtNanos) {
    this.nanoTime = nanoTime;
    this.answerAtNanos = answerAtNanos;
  }

  /** The deadline of a call whose caller listens that long from now. */
  public static CallDeadline after(Duration allowed, LongSupplier nanoTime) {
    long nanos = allowed.toNanos();
    long margin = Math.max(0, Math.min(nanos / 10, MAX_MARGIN_NANOS));
    return new CallDeadline(nanoTime, nanoTime.getAsLong() + nanos - margin);
  }

  /** The deadline of the call that a gRPC context belongs to. */
  public static CallDeadline of(Context context, LongSupplier nanoTime) {
    Deadline given = context.getDeadline();
    return after(
        given == null
            ? WHERE_NONE_IS_GIVEN
            : Duration.ofNanos(given.timeRemaining(TimeUnit.NANOSECONDS)),
        nanoTime);
  }

  /** The earlier of this deadline and one that far from now. */
  public CallDeadline atMost(Duration fromNow) {
    long at = nanoTime.getAsLong() + fromNow.toNanos();
    return at - answerAtNanos < 0 ? new CallDeadline(nanoTime, at) : this;
  }

  /** The time left, nanoseconds; never negative. */
  public long remainingNanos() {
    return Math.max(0, answerAtNanos - nanoTime.getAsLong());
  }

  /** Whether the call must be answered now. */
  public boolean passed() {
    return remainingNanos() == 0;
  }

  /**
   * What one attempt gets, nanoseconds: a third of the time left and half a second at least, so
   * that a server that hangs leaves time for another.
   */
  public long attemptNanos() {
    long remaining = remainingNanos();
    return Math.min(remaining, Math.max(MIN_ATTEMPT_NANOS, remaining / 3));
  }
}
