package io.byssus.client.calls;

import java.util.function.LongSupplier;

/**
 * The dispatchers' clock, as this client knows it: what the last answer said, plus the time that
 * has passed since by this machine's monotonic clock. The client's wall clock plays no part.
 *
 * <p>Behind by at most the time an answer travels. Dispatchers' own clocks may differ by up to
 * three minutes before one of them refuses stamps made by the clock of another. Safe for several
 * threads.
 */
public final class DispatcherClock {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final LongSupplier nanoTime;
  private volatile Reading last;

  private record Reading(long millis, long atNanos) {}

  public DispatcherClock(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Notes what an answer said that has just come. */
  public void observe(long dispatcherMillis) {
    last = new Reading(dispatcherMillis, nanoTime.getAsLong());
  }

  /**
   * Milliseconds since 1970 UTC.
   *
   * @throws IllegalStateException before the first answer
   */
  public long millis() {
    Reading reading = last;
    if (reading == null) {
      throw new IllegalStateException("no dispatcher has answered yet");
    }
    return reading.millis + (nanoTime.getAsLong() - reading.atNanos) / NANOS_PER_MILLI;
  }
}
