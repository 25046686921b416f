package io.byssus.dispatcher.reads;

import io.byssus.clustermap.replicas.Replica;
import io.byssus.clustermap.replicas.ReplicaSearch;
import io.byssus.dispatcher.calls.CallDeadline;
import io.byssus.dispatcher.calls.DispatcherMetrics;
import io.byssus.dispatcher.calls.UnaryAnswer;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.grpc.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Asks one replica after the other until one answers or the deadline comes.
 *
 * <p>Where the call may be hedged and the first replica is slow, a second, if there was one from
 * the beginning, is asked as well: the first answer counts, and the other question is cancelled. A
 * replica that fails while the other is still being asked is not replaced.
 *
 * <p>Belongs to the gRPC context in which it was started: when that is cancelled, so are the
 * attempts in hand, and there is no other.
 *
 * <p>Guarded by itself; futures are completed outside of the lock.
 */
final class ReplicaCall<T> {
  private final ReplicaSearch search;
  private final CallDeadline deadline;
  private final Tools tools;
  private final Optional<Hedges.Lane> hedges;
  private final Question<T> question;
  private final Context context = Context.current();
  private final CompletableFuture<T> answer = new CompletableFuture<>();
  private final List<Attempt> inFlight = new ArrayList<>();
  private Optional<Future<?>> hedging = Optional.empty();
  private boolean over;

  /**
   * What every call needs.
   *
   * @param timer fires pauses; its tasks do not block
   */
  record Tools(ScheduledExecutorService timer, LongSupplier nanoTime, DispatcherMetrics metrics) {}

  /** What each replica is asked. */
  @FunctionalInterface
  interface Question<T> {
    /**
     * Asks a replica, within the current gRPC context; the future fails with a {@link
     * ByssusException}.
     */
    CompletableFuture<T> ask(Replica replica, long timeoutNanos);
  }

  private record Attempt(
      Replica replica, boolean second, long atNanos, Context.CancellableContext context) {}

  private ReplicaCall(
      ReplicaSearch search,
      CallDeadline deadline,
      Tools tools,
      Optional<Hedges.Lane> hedges,
      Question<T> question) {
    this.search = search;
    this.deadline = deadline;
    this.tools = tools;
    this.hedges = hedges;
    this.question = question;
  }

  /**
   * Starts asking. The future fails with what {@link ReplicaSearch#exhausted} says, or with the
   * first failure that no other replica would mend.
   *
   * @param hedges what tells when a second replica is asked; empty: never
   */
  static <T> CompletableFuture<T> start(
      ReplicaSearch search,
      CallDeadline deadline,
      Tools tools,
      Optional<Hedges.Lane> hedges,
      Question<T> question) {
    ReplicaCall<T> call = new ReplicaCall<>(search, deadline, tools, hedges, question);
    call.begin();
    return call.answer;
  }

  private void begin() {
    next();
    hedges.ifPresent(
        lane -> {
          long delayNanos = lane.begin();
          synchronized (this) {
            if (!over && search.hasOthers() && delayNanos < deadline.remainingNanos()) {
              hedging = Optional.of(later(this::askSecond, delayNanos));
            }
          }
        });
  }

  private void next() {
    if (context.isCancelled()) {
      end(() -> answer.cancel(false));
      return;
    }
    Optional<Replica> replica;
    synchronized (this) {
      if (over) {
        return;
      }
      replica = deadline.passed() ? Optional.empty() : search.next();
      if (replica.isEmpty() && !deadline.passed() && !search.hopeless()) {
        later(this::next, Math.min(search.newRound().toNanos(), deadline.remainingNanos()));
        return;
      }
    }
    if (replica.isPresent()) {
      attempt(replica.get(), false);
    } else {
      end(() -> answer.completeExceptionally(search.exhausted()));
    }
  }

  private void askSecond() {
    Optional<Replica> second;
    synchronized (this) {
      if (over || inFlight.size() != 1 || !hedges.get().pay()) {
        return;
      }
      second = search.next();
    }
    if (second.isPresent()) {
      tools.metrics.hedged();
      attempt(second.get(), true);
    } else {
      hedges.get().refund();
    }
  }

  private void attempt(Replica replica, boolean second) {
    Attempt attempt =
        new Attempt(replica, second, tools.nanoTime.getAsLong(), context.withCancellation());
    synchronized (this) {
      if (over) {
        attempt.context.cancel(null);
        return;
      }
      inFlight.add(attempt);
    }
    attempt.context.run(
        () ->
            question
                .ask(replica, deadline.attemptNanos())
                .whenComplete(
                    (value, failure) -> context.run(() -> ended(attempt, value, failure))));
  }

  private void ended(Attempt attempt, T value, Throwable failure) {
    attempt.context.cancel(null);
    if (failure == null) {
      succeeded(attempt, value);
    } else if (context.isCancelled()) {
      end(() -> answer.cancel(false));
    } else {
      failed(attempt, GrpcErrors.fromGrpc(UnaryAnswer.causeOf(failure), ErrorCode.NO_REPLICA));
    }
  }

  private void failed(Attempt attempt, ByssusException failure) {
    boolean lasting;
    boolean alone;
    synchronized (this) {
      if (over) {
        return;
      }
      inFlight.remove(attempt);
      alone = inFlight.isEmpty();
      lasting = !search.failed(attempt.replica, failure);
    }
    if (lasting) {
      end(() -> answer.completeExceptionally(failure));
    } else if (alone) {
      next();
    }
  }

  private void succeeded(Attempt attempt, T value) {
    long sinceNanos = attempt.atNanos;
    synchronized (this) {
      if (over) {
        return;
      }
      inFlight.remove(attempt);
      // What was slower than the winner took at least as long as until now.
      for (Attempt loser : inFlight) {
        sinceNanos = Math.min(sinceNanos, loser.atNanos);
      }
    }
    long tookNanos = tools.nanoTime.getAsLong() - sinceNanos;
    end(
        () -> {
          hedges.ifPresent(lane -> lane.answered(tookNanos));
          if (attempt.second) {
            tools.metrics.hedgeWon();
          }
          answer.complete(value);
        });
  }

  /** Ends the call, once; whoever is still being asked is told to stop. */
  private void end(Runnable completion) {
    List<Attempt> losers;
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      losers = List.copyOf(inFlight);
      hedging.ifPresent(timing -> timing.cancel(false));
    }
    completion.run();
    losers.forEach(loser -> loser.context.cancel(null));
  }

  private Future<?> later(Runnable task, long nanos) {
    return tools.timer.schedule(context.wrap(task), nanos, TimeUnit.NANOSECONDS);
  }
}
