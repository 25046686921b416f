package io.byssus.server;

import io.byssus.model.ByssusException;
import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Makes reads wait without a thread each, and gives up a little before the caller does, so that the
 * caller hears why.
 */
final class ReadWaits implements AutoCloseable {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
  private static final long MARGIN_MILLIS = 50;

  private final ExecutorService readers;
  private final ScheduledExecutorService timer;

  ReadWaits(int threads) {
    AtomicInteger number = new AtomicInteger();
    // The queue is bounded by what bounds those who wait, each of whom is here at most once.
    readers =
        new ThreadPoolExecutor(
            threads,
            threads,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(),
            task -> new Reader(task, "reader-" + number.getAndIncrement()));
    ScheduledThreadPoolExecutor scheduled =
        new ScheduledThreadPoolExecutor(1, task -> daemon(task, "read-deadlines"));
    scheduled.setRemoveOnCancelPolicy(true);
    timer = scheduled;
  }

  /** A thread that may wait for the disk. */
  private static final class Reader extends Thread {
    Reader(Runnable task, String name) {
      super(task, name);
      setDaemon(true);
    }
  }

  /** Whether this thread is one of those that may wait for the disk. */
  static boolean mayBlock() {
    return Thread.currentThread() instanceof Reader;
  }

  /** Reads something on a thread that may wait for the disk, in the current gRPC context. */
  <T> CompletableFuture<T> onReader(Supplier<T> reading) {
    return CompletableFuture.supplyAsync(reading, Context.currentContextExecutor(readers));
  }

  /**
   * A gRPC context for a read that has no call of its own. It is nobody's child: a context that
   * lasts keeps what every child of it once listened to.
   */
  Context.CancellableContext within(long timeout, TimeUnit unit) {
    return Context.ROOT.withDeadlineAfter(timeout, unit, timer);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** The threads that may wait for the disk. */
  Executor readers() {
    return readers;
  }

  /**
   * Completes with what is waited for: at once on this thread where it is there, else later on a
   * thread that may wait for the disk. Fails shortly before the call's deadline, and when the call
   * is cancelled.
   */
  <T> CompletableFuture<T> until(Waiting<T> waiting) {
    return until(waiting, readers);
  }

  /** The same, later on another thread. */
  <T> CompletableFuture<T> until(Waiting<T> waiting, Executor later) {
    return until(waiting, LONGEST_WAIT, later);
  }

  /** The same, later on a thread that may wait, and gives up after some time in any case. */
  <T> CompletableFuture<T> until(Waiting<T> waiting, Duration patience) {
    return until(waiting, patience, readers);
  }

  private <T> CompletableFuture<T> until(Waiting<T> waiting, Duration patience, Executor later) {
    CompletableFuture<T> done = waiting.done();
    if (done.isDone()) {
      waiting.forget().run();
      return done;
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    var timeout =
        timer.schedule(
            () -> done.completeExceptionally(new TimeoutException()),
            waitMillis(patience),
            TimeUnit.MILLISECONDS);
    Context caller = Context.current();
    Context.CancellationListener cancelled = context -> done.cancel(false);
    caller.addListener(cancelled, Runnable::run);
    done.whenComplete(
        (value, failure) -> {
          timeout.cancel(false);
          caller.removeListener(cancelled);
          waiting.forget().run();
          later.execute(caller.wrap(() -> settle(result, value, failure, waiting)));
        });
    return result;
  }

  private static <T> void settle(
      CompletableFuture<T> result, T value, Throwable failure, Waiting<T> waiting) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause == null) {
      result.complete(value);
    } else if (cause instanceof ByssusException) {
      result.completeExceptionally(cause);
    } else {
      result.completeExceptionally(waiting.late().get());
    }
  }

  private static long waitMillis(Duration patience) {
    Deadline deadline = Context.current().getDeadline();
    if (deadline == null) {
      return patience.toMillis();
    }
    long left = deadline.timeRemaining(TimeUnit.MILLISECONDS);
    return Math.max(0, Math.min(patience.toMillis(), left - Math.min(MARGIN_MILLIS, left / 10)));
  }

  @Override
  public void close() {
    timer.shutdownNow();
    readers.shutdown();
  }
}
