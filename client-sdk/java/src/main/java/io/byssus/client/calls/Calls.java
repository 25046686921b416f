package io.byssus.client.calls;

import io.byssus.client.direct.DirectReads;
import io.grpc.MethodDescriptor;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
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
 * @param waits how long they wait before they are repeated
 * @param attemptNanos how long one attempt may take
 * @param timer one thread, for waits and deadlines; its tasks never block
 * @param callbacks where users' code is told; see {@link #callBack}
 * @param nanoTime the clock of every deadline, monotonic
 * @param random for backoff; safe for several threads
 * @param live the calls that have not ended
 */
public record Calls(
    Dispatchers dispatchers,
    Optional<DirectPath> direct,
    Backoff.Waits waits,
    long attemptNanos,
    ScheduledExecutorService timer,
    Executor callbacks,
    LongSupplier nanoTime,
    RandomGenerator random,
    LiveCalls live) {

  public long now() {
    return nanoTime.getAsLong();
  }

  /** The servers, to be asked in the place of a dispatcher. */
  public record DirectPath(DirectReads reads, Dispatcher servers) {}

  /**
   * Where the next attempt of a read goes: the first to the servers, in direct mode.
   *
   * @param last the one tried last; null for none
   */
  public Dispatcher pickForRead(Dispatcher last, MethodDescriptor<?, ?> method) {
    if (last == null && direct.isPresent() && direct.get().reads.serves(method)) {
      return direct.get().servers;
    }
    return dispatchers.pick(last == null || last.isDirect() ? null : last);
  }

  /** When an attempt of a read ends itself: one at a server leaves time for a dispatcher. */
  public long attemptDeadline(Dispatcher at, long now, long callDeadline) {
    long whole = attemptDeadline(now, callDeadline);
    return at.isDirect() ? now + (whole - now) / 2 : whole;
  }

  /** How long to wait after a failure: not at all after one of a server. */
  public long delay(Backoff backoff, Dispatcher from, CallFailure failure) {
    return from != null && from.isDirect() ? 0 : backoff.next(failure);
  }

  /** When an attempt that begins now ends itself. */
  public long attemptDeadline(long now, long callDeadline) {
    long attempt = now + attemptNanos;
    return attempt - callDeadline < 0 ? attempt : callDeadline;
  }

  /** The same, with attempts that may take as long as the whole call. */
  public Calls withPatientAttempts() {
    long patient = Durations.MAX.toNanos();
    return new Calls(dispatchers, direct, waits, patient, timer, callbacks, nanoTime, random, live);
  }

  /**
   * Tells a user's code. Where his executor takes no more, because he has shut it down, the common
   * pool does it: nobody waits for ever, and no thread of the SDK or of a caller runs it.
   */
  public void callBack(Runnable tell) {
    try {
      callbacks.execute(tell);
    } catch (RejectedExecutionException e) {
      commonPool().execute(tell);
    }
  }

  /** Runs a step later; not at all where the client is closed, which ends every call by itself. */
  public ScheduledFuture<?> later(Runnable step, long delayNanos) {
    try {
      return timer.schedule(step, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      return null;
    }
  }

  /** The common pool, unless it was set to have no threads. */
  public static Executor commonPool() {
    return ForkJoinPool.getCommonPoolParallelism() > 0
        ? ForkJoinPool.commonPool()
        : new CompletableFuture<Void>().defaultExecutor();
  }

  public Backoff backoff() {
    return new Backoff(waits, dispatchers.size(), random);
  }
}
