package io.byssus.server;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Position;
import io.grpc.Context;
import io.grpc.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes reads wait until their replica has applied a position, without a thread each, and gives up
 * a little before the caller does, so that the caller hears why.
 */
final class ReadWaits implements AutoCloseable {
  private static final long LONGEST_WAIT_MILLIS = 30_000;
  private static final long MARGIN_MILLIS = 50;

  private final ExecutorService readers;
  private final ScheduledExecutorService timer;

  ReadWaits(int threads) {
    AtomicInteger number = new AtomicInteger();
    // The queue is bounded by the waiters of the replicas, each of which is here at most once.
    readers =
        new ThreadPoolExecutor(
            threads,
            threads,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(),
            task -> daemon(task, "read-after-wait-" + number.getAndIncrement()));
    ScheduledThreadPoolExecutor scheduled =
        new ScheduledThreadPoolExecutor(1, task -> daemon(task, "read-deadlines"));
    scheduled.setRemoveOnCancelPolicy(true);
    timer = scheduled;
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Completes when a replica has applied a position: at once on this thread where it has, else
   * later on a thread that may read. Fails with REPLICA_BEHIND shortly before the call's deadline.
   */
  CompletableFuture<Void> await(Replica replica, long position) {
    CompletableFuture<Void> waiting = replica.await(position);
    if (waiting.isDone()) {
      return waiting;
    }
    CompletableFuture<Void> result = new CompletableFuture<>();
    var timeout =
        timer.schedule(
            () -> waiting.completeExceptionally(new TimeoutException()),
            waitMillis(),
            TimeUnit.MILLISECONDS);
    Context caller = Context.current();
    Context.CancellationListener cancelled = context -> waiting.cancel(false);
    caller.addListener(cancelled, Runnable::run);
    waiting.whenComplete(
        (done, failure) -> {
          timeout.cancel(false);
          caller.removeListener(cancelled);
          replica.forget(position, waiting);
          readers.execute(caller.wrap(() -> settle(result, failure, replica, position)));
        });
    return result;
  }

  private static void settle(
      CompletableFuture<Void> result, Throwable failure, Replica replica, long position) {
    if (failure == null) {
      result.complete(null);
    } else if (failure instanceof ByssusException) {
      result.completeExceptionally(failure);
    } else {
      result.completeExceptionally(
          new ByssusException(
              ErrorCode.REPLICA_BEHIND,
              "the replica of shard "
                  + replica.shard()
                  + " has not reached position "
                  + Position.of(position)));
    }
  }

  private static long waitMillis() {
    Deadline deadline = Context.current().getDeadline();
    if (deadline == null) {
      return LONGEST_WAIT_MILLIS;
    }
    long left = deadline.timeRemaining(TimeUnit.MILLISECONDS);
    return Math.max(0, left - Math.min(MARGIN_MILLIS, left / 10));
  }

  @Override
  public void close() {
    timer.shutdownNow();
    readers.shutdown();
  }
}
