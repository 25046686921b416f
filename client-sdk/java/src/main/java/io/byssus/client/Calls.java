package io.byssus.client;

import io.byssus.client.direct.DirectReads;
import io.grpc.MethodDescriptor;
import java.util.Optional;
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
 * @param direct where reads go first; empty: to the dispatchers
 * @param retries how they are repeated
 * @param timer one thread, for waits and deadlines; its tasks never block
 * @param callbacks where users' code is told; see {@link #callBack}
 * @param nanoTime the clock of every deadline, monotonic
 * @param random for backoff; safe for several threads
 * @param live the calls that have not ended
 */
record Calls(
    Dispatchers dispatchers,
    Optional<DirectPath> direct,
    RetryPolicy retries,
    ScheduledExecutorService timer,
    Executor callbacks,
    LongSupplier nanoTime,
    RandomGenerator random,
    LiveCalls live) {

  long now() {
    return nanoTime.getAsLong();
  }

  /** The servers, to be asked in the place of a dispatcher. */
  record DirectPath(DirectReads reads, Dispatcher servers) {}

  /**
   * Where the next attempt of a read goes: the first to the servers, in direct mode.
   *
   * @param last the one tried last; null for none
   */
  Dispatcher pickForRead(Dispatcher last, MethodDescriptor<?, ?> method) {
    if (last == null && direct.isPresent() && direct.get().reads.serves(method)) {
      return direct.get().servers;
    }
    return dispatchers.pick(last == null || last.isDirect() ? null : last);
  }

  /** When an attempt of a read ends itself: one at a server leaves time for a dispatcher. */
  long attemptDeadline(Dispatcher at, long now, long callDeadline) {
    long whole = attemptDeadline(now, callDeadline);
    return at.isDirect() ? now + (whole - now) / 2 : whole;
  }

  /** How long to wait after a failure: not at all after one of a server. */
  long delay(Backoff backoff, Dispatcher from, CallFailure failure) {
    return from != null && from.isDirect() ? 0 : backoff.next(failure);
  }

  /** When an attempt that begins now ends itself. */
  long attemptDeadline(long now, long callDeadline) {
    long attempt = now + Durations.nanos(retries.attemptTimeout());
    return attempt - callDeadline < 0 ? attempt : callDeadline;
  }

  /** The same, with attempts that may take as long as the whole call. */
  Calls withPatientAttempts() {
    RetryPolicy patient = retries.withAttemptTimeout(Durations.MAX);
    return new Calls(dispatchers, direct, patient, timer, callbacks, nanoTime, random, live);
  }

  /**
   * Tells a user's code. Where his executor takes no more, because he has shut it down, the common
   * pool does it: nobody waits for ever, and no thread of the SDK or of a caller runs it.
   */
  void callBack(Runnable tell) {
    try {
      callbacks.execute(tell);
    } catch (RejectedExecutionException e) {
      ByssusClientBuilder.commonPool().execute(tell);
    }
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
