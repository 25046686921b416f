package io.byssus.client;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What every call of a client needs.
 *
 * @param dispatchers where calls go
 * @param retries how they are repeated
 * @param timer one thread, for waits and deadlines; its tasks never block
 * @param callbacks where futures that users hold are completed
 * @param nanoTime the clock of every deadline, monotonic
 * @param random for backoff; safe for several threads
 * @param live the calls that have not ended
 */
record Calls(
    Dispatchers dispatchers,
    RetryPolicy retries,
    ScheduledExecutorService timer,
    Executor callbacks,
    LongSupplier nanoTime,
    RandomGenerator random,
    LiveCalls live) {

  long now() {
    return nanoTime.getAsLong();
  }

  /** Where the next attempt of a read goes. */
  Dispatcher pickForRead(Dispatcher last) {
    return dispatchers.pick(last);
  }

  /** When an attempt that begins now ends itself. */
  long attemptDeadline(long now, long callDeadline) {
    long attempt = now + Durations.nanos(retries.attemptTimeout());
    return attempt - callDeadline < 0 ? attempt : callDeadline;
  }

  /** The same, with attempts that may take as long as the whole call. */
  Calls withPatientAttempts() {
    RetryPolicy patient = retries.withAttemptTimeout(Durations.MAX);
    return new Calls(dispatchers, patient, timer, callbacks, nanoTime, random, live);
  }

  /** Runs a step later; not at all where the client is closed, which ends every call by itself. */
  ScheduledFuture<?> later(Runnable step, long delayNanos) {
    try {
      return timer.schedule(step, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      return null;
    }
  }

  Backoff backoff() {
    return new Backoff(retries, dispatchers.size(), random);
  }
}
