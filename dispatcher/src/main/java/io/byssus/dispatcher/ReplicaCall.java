package io.byssus.dispatcher;

import io.byssus.clustermap.replicas.Replica;
import io.byssus.clustermap.replicas.ReplicaSearch;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.grpc.Context;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Asks one replica after the other until one answers or the deadline comes.
 *
 * <p>Belongs to the gRPC context in which it was started: when that is cancelled, so is the attempt
 * in hand, and there is no other.
 */
final class ReplicaCall<T> {
  private final ReplicaSearch search;
  private final CallDeadline deadline;
  private final ScheduledExecutorService timer;
  private final Question<T> question;
  private final Context context = Context.current();
  private final CompletableFuture<T> answer = new CompletableFuture<>();

  /** What each replica is asked. */
  @FunctionalInterface
  interface Question<T> {
    /** Asks a replica; the future fails with a {@link ByssusException}. */
    CompletableFuture<T> ask(Replica replica, long timeoutNanos);
  }

  private ReplicaCall(
      ReplicaSearch search,
      CallDeadline deadline,
      ScheduledExecutorService timer,
      Question<T> question) {
    this.search = search;
    this.deadline = deadline;
    this.timer = timer;
    this.question = question;
  }

  /**
   * Starts asking. The future fails with what {@link ReplicaSearch#exhausted} says, or with the
   * first failure that no other replica would mend.
   */
  static <T> CompletableFuture<T> start(
      ReplicaSearch search,
      CallDeadline deadline,
      ScheduledExecutorService timer,
      Question<T> question) {
    ReplicaCall<T> call = new ReplicaCall<>(search, deadline, timer, question);
    call.next();
    return call.answer;
  }

  private void next() {
    if (answer.isDone()) {
      return;
    }
    if (context.isCancelled()) {
      answer.cancel(false);
    } else if (deadline.passed()) {
      answer.completeExceptionally(search.exhausted());
    } else {
      Optional<Replica> replica = search.next();
      if (replica.isPresent()) {
        attempt(replica.get());
      } else {
        long pause = Math.min(search.newRound().toNanos(), deadline.remainingNanos());
        timer.schedule(context.wrap(this::next), pause, TimeUnit.NANOSECONDS);
      }
    }
  }

  private void attempt(Replica replica) {
    question
        .ask(replica, deadline.attemptNanos())
        .whenComplete(
            (value, failure) -> {
              if (failure == null) {
                answer.complete(value);
              } else if (context.isCancelled()) {
                answer.cancel(false);
              } else {
                failed(replica, GrpcErrors.fromGrpc(failure, ErrorCode.NO_REPLICA));
              }
            });
  }

  private void failed(Replica replica, ByssusException failure) {
    if (search.failed(replica, failure)) {
      context.run(this::next);
    } else {
      answer.completeExceptionally(failure);
    }
  }
}
