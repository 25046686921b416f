package io.byssus.server;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Proves to the readers of one replica how fresh it is.
 *
 * <p>A barrier is a record that this server appends to the shard's log. Every write that was
 * acknowledged before the barrier was handed to the log stands before it; so once the replica has
 * applied the barrier it holds all of them. A reader that comes after the hand-over cannot lean on
 * that barrier for what LINEARIZABLE promises: a write may have been acknowledged between the two,
 * and stand behind the barrier. It joins the next one.
 *
 * <p>At most one barrier is with the log at a time. Readers that come meanwhile gather at the next,
 * which is handed over when the log has answered for the one before: so readers share barriers by
 * themselves, the more the slower the log is. A barrier whose readers have all gone is not handed
 * over, and a shard that nobody reads gets none. While a replica does not apply what the log took,
 * no more than {@value #MOST_UNAPPLIED} barriers are put there.
 */
final class ShardBarriers {
  /** Readers that may wait for barriers of one shard. */
  static final int MOST_WAITING = 16_384;

  /** Barriers in the log that the replica has not applied. */
  static final int MOST_UNAPPLIED = 16;

  /** Once the log has not answered for so long, readers are refused at once. */
  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long LEAST_APART_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final int shard;
  private final Supplier<CompletableFuture<Long>> append;
  private final LongFunction<CompletableFuture<Void>> awaitApplied;
  private final Executor appender;
  private final LongSupplier nanoTime;

  private Barrier gathering;
  private Barrier withLog;
  private Barrier latest;
  private boolean proven;
  private long provenNanos;
  private int unapplied;
  private int waiting;
  private boolean stopping;

  /** One barrier and those who wait for it. Guarded by the shard's lock. */
  private static final class Barrier {
    final Set<CompletableFuture<Long>> readers = new LinkedHashSet<>();
    boolean wantedAnyway;
    boolean handedOver;
    boolean logged;
    long issuedNanos;
    ByssusException failure;
  }

  /**
   * Without a barrier yet.
   *
   * @param append hands a barrier to the log; may block
   * @param awaitApplied completes when the replica has applied the record at an offset
   * @param appender where barriers are handed over
   * @param nanoTime the clock that proofs are aged by
   */
  ShardBarriers(
      int shard,
      Supplier<CompletableFuture<Long>> append,
      LongFunction<CompletableFuture<Void>> awaitApplied,
      Executor appender,
      LongSupplier nanoTime) {
    this.shard = shard;
    this.append = append;
    this.awaitApplied = awaitApplied;
    this.appender = appender;
    this.nanoTime = nanoTime;
  }

  /**
   * Waits until the replica holds every write that was acknowledged before this call; tells the
   * moment that the proof is of.
   */
  synchronized Waiting<Long> linearizable() {
    return join(gather());
  }

  /**
   * Waits for a proof that is no older than an age of 100 ms or more, as of now; tells the moment
   * that it is of. It may have become older by the time at which it comes.
   */
  synchronized Waiting<Long> notOlderThan(long ageNanos) {
    long now = nanoTime.getAsLong();
    long apart = Math.max(ageNanos / 2, LEAST_APART_NANOS);
    if (proven && now - provenNanos <= ageNanos) {
      if (now - provenNanos >= apart && now - latest.issuedNanos >= apart) {
        gather().wantedAnyway = true;
      }
      return Waiting.over(provenNanos);
    }
    if (latest != null && latest.failure == null && now - latest.issuedNanos <= ageNanos) {
      return join(latest);
    }
    if (latest != null && latest.failure != null && now - latest.issuedNanos < apart) {
      return Waiting.failed(latest.failure);
    }
    return join(gather());
  }

  /** The barrier that has not been handed over. */
  private Barrier gather() {
    if (gathering == null) {
      gathering = new Barrier();
      handOverSoon();
    }
    return gathering;
  }

  private Waiting<Long> join(Barrier barrier) {
    if (stopping) {
      return Waiting.failed(new ByssusException(ErrorCode.SHUTTING_DOWN, "the server is stopping"));
    }
    if (withLog != null && nanoTime.getAsLong() - withLog.issuedNanos > PATIENCE_NANOS) {
      return Waiting.failed(unanswered());
    }
    if (waiting >= MOST_WAITING) {
      return Waiting.failed(
          new ByssusException(
              ErrorCode.OVERLOADED,
              MOST_WAITING + " reads wait for barriers of this shard already, the most allowed"));
    }
    CompletableFuture<Long> reader = new CompletableFuture<>();
    barrier.readers.add(reader);
    waiting++;
    return new Waiting<>(reader, () -> forget(barrier, reader), () -> late(barrier));
  }

  private synchronized void forget(Barrier barrier, CompletableFuture<Long> reader) {
    if (barrier.readers.remove(reader)) {
      waiting--;
    }
  }

  private void handOverSoon() {
    if (gathering == null || withLog != null || unapplied >= MOST_UNAPPLIED) {
      return;
    }
    try {
      appender.execute(this::handOver);
    } catch (RejectedExecutionException e) {
      stopping = true;
    }
  }

  private void handOver() {
    Barrier barrier;
    synchronized (this) {
      barrier = gathering;
      if (barrier == null || withLog != null || unapplied >= MOST_UNAPPLIED) {
        return;
      }
      // From here on nobody joins it.
      gathering = null;
      if (barrier.readers.isEmpty() && !barrier.wantedAnyway) {
        return;
      }
      barrier.handedOver = true;
      barrier.issuedNanos = nanoTime.getAsLong();
      withLog = barrier;
      latest = barrier;
    }
    CompletableFuture<Long> answer;
    try {
      answer = append.get();
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    answer.whenComplete((offset, failure) -> answered(barrier, offset, failure));
  }

  private void answered(Barrier barrier, Long offset, Throwable failure) {
    synchronized (this) {
      withLog = null;
      if (failure == null) {
        barrier.logged = true;
        unapplied++;
      }
      handOverSoon();
    }
    if (failure != null) {
      end(barrier, logFailure(failure));
      return;
    }
    CompletableFuture<Void> applied;
    try {
      applied = awaitApplied.apply(offset);
    } catch (RuntimeException e) {
      applied = CompletableFuture.failedFuture(e);
    }
    applied.whenComplete((done, why) -> applied(barrier, why));
  }

  private void applied(Barrier barrier, Throwable failure) {
    synchronized (this) {
      unapplied--;
      if (failure == null && (!proven || barrier.issuedNanos - provenNanos > 0)) {
        proven = true;
        provenNanos = barrier.issuedNanos;
      }
      handOverSoon();
    }
    end(barrier, failure == null ? null : byssus(failure));
  }

  private void end(Barrier barrier, ByssusException failure) {
    List<CompletableFuture<Long>> readers;
    synchronized (this) {
      barrier.failure = failure;
      readers = new ArrayList<>(barrier.readers);
      barrier.readers.clear();
      waiting -= readers.size();
    }
    for (CompletableFuture<Long> reader : readers) {
      if (failure == null) {
        reader.complete(barrier.issuedNanos);
      } else {
        reader.completeExceptionally(failure);
      }
    }
  }

  private static ByssusException byssus(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof ByssusException error
        ? error
        : new ByssusException(ErrorCode.INTERNAL_FAULT, "a barrier failed: " + cause, cause);
  }

  /** For a reader it is all one whether the barrier may still come into the log. */
  private ByssusException logFailure(Throwable failure) {
    ByssusException error = byssus(failure);
    return error.code() == ErrorCode.INDETERMINATE
        ? new ByssusException(
            ErrorCode.LOG_UNAVAILABLE,
            "the log of shard " + shard + " did not take a barrier: " + error.getMessage(),
            error)
        : error;
  }

  private synchronized ByssusException late(Barrier barrier) {
    if (barrier.logged || !barrier.handedOver && unapplied >= MOST_UNAPPLIED) {
      return new ByssusException(
          ErrorCode.REPLICA_BEHIND,
          "the replica of shard " + shard + " has not come to what the log took");
    }
    return unanswered();
  }

  private ByssusException unanswered() {
    return new ByssusException(
        ErrorCode.LOG_UNAVAILABLE,
        "the log of shard "
            + shard
            + " has not answered for a barrier; nobody can tell how fresh the replica is");
  }

  /** Readers that wait. */
  synchronized int waiting() {
    return waiting;
  }
}
