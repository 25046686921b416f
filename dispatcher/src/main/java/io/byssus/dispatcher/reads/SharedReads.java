package io.byssus.dispatcher.reads;

import io.byssus.clustermap.replicas.ReadLevel;
import io.byssus.dispatcher.calls.CallDeadline;
import io.byssus.dispatcher.calls.UnaryAnswer;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.process.CallCriticality;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.kv.v1.Criticality;
import io.byssus.proto.kv.v1.GetResponse;
import io.grpc.Context;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Lets reads of one record share a question that is under way, so that a record which everybody
 * asks for costs its replicas one read at a time.
 *
 * <p><b>Who shares.</b> EVENTUAL reads share with each other, BOUNDED reads with each other where
 * the one under way is at least as strict. A read that came when a question was under way already
 * counts its answer as older by the time in between, and asks for itself where that is too old. No
 * read shares a question that was put for a less critical one: servers may refuse that sooner. A
 * SESSION read waits for an EVENTUAL one that is under way, and asks for itself where the answer
 * does not hold its position for sure. LINEARIZABLE reads share nothing: an answer may have been
 * read before they began.
 *
 * <p><b>Whose call it is.</b> The question belongs to nobody: it goes on until it ends or all who
 * wait for it have gone. Each waits no longer than its own deadline allows. The question ends with
 * the deadline of the read that started it; who has more time then asks again.
 */
final class SharedReads {
  private final Source replicas;
  private final ReplicaCall.Tools tools;
  private final HotRecords hot;
  private final Map<Shared, Flight> flights = new ConcurrentHashMap<>();

  /** Asks replicas; see {@link ReplicaReads#get}. */
  @FunctionalInterface
  interface Source {
    CompletableFuture<GetResponse> get(
        RecordQuestion question, ReadLevel level, long atLeast, CallDeadline deadline);
  }

  private record Shared(RecordQuestion question, Consistency level) {}

  /**
   * Reads that share.
   *
   * @param hot told of every answer
   */
  SharedReads(Source replicas, ReplicaCall.Tools tools, HotRecords hot) {
    this.replicas = replicas;
    this.tools = tools;
    this.hot = hot;
  }

  /** Reads a record; belongs to the current gRPC context and ends with it. */
  CompletableFuture<GetResponse> get(
      RecordQuestion question, ReadLevel level, long atLeast, CallDeadline deadline) {
    Waiter waiter = new Waiter(question, level, atLeast, deadline, tools.nanoTime().getAsLong());
    switch (level.consistency()) {
      case EVENTUAL, BOUNDED -> {
        Shared shared = new Shared(question, level.consistency());
        Flight underWay = flights.get(shared);
        if (underWay == null || !underWay.admits(waiter)) {
          Flight flight = new Flight(shared, waiter);
          flights.put(shared, flight);
          flight.start();
        }
      }
      case SESSION -> {
        Flight underWay = flights.get(new Shared(question, Consistency.EVENTUAL));
        if (underWay == null || !underWay.admits(waiter)) {
          waiter.askAlone();
        }
      }
      default -> waiter.askAlone();
    }
    return waiter.answer;
  }

  /** How many questions are under way that others may share. */
  int underWay() {
    return flights.size();
  }

  /** A question under way, and who waits for it. */
  private final class Flight {
    private final Shared shared;
    private final Waiter first;
    private final Context.CancellableContext context = Context.current().fork().withCancellation();
    private final Set<Waiter> waiters = new LinkedHashSet<>();
    private boolean landed;

    Flight(Shared shared, Waiter first) {
      this.shared = shared;
      this.first = first;
      waiters.add(first);
      first.flight = this;
    }

    void start() {
      first.watchContext();
      context.run(
          () ->
              replicas
                  .get(shared.question, first.level, first.atLeast, first.deadline)
                  .whenComplete(this::land));
    }

    /** Takes a reader in, where it may share; false where it has to ask by itself. */
    boolean admits(Waiter waiter) {
      boolean strict =
          shared.level != Consistency.BOUNDED
              || first.level.maxStalenessMs() <= waiter.level.maxStalenessMs();
      if (!strict || first.criticality.compareTo(waiter.criticality) < 0) {
        return false;
      }
      synchronized (this) {
        if (landed) {
          return false;
        }
        waiters.add(waiter);
        waiter.flight = this;
      }
      waiter.watchContext();
      if (waiter.deadline.remainingNanos() < first.deadline.remainingNanos()) {
        waiter.watchDeadline();
      }
      return true;
    }

    void leave(Waiter waiter) {
      synchronized (this) {
        waiters.remove(waiter);
        if (landed || !waiters.isEmpty()) {
          return;
        }
        landed = true;
      }
      flights.remove(shared, this);
      context.cancel(null);
    }

    private void land(GetResponse response, Throwable failure) {
      List<Waiter> all;
      synchronized (this) {
        landed = true;
        all = List.copyOf(waiters);
      }
      flights.remove(shared, this);
      context.cancel(null);
      if (failure == null) {
        hot.keep(shared.question, first.level, first.atNanos, response);
      }
      for (Waiter waiter : all) {
        if (waiter == first) {
          waiter.end(response, failure);
        } else if (failure == null) {
          waiter.take(response, first.atNanos);
        } else {
          waiter.takeFailure(UnaryAnswer.causeOf(failure), first.deadline.passed());
        }
      }
    }
  }

  /** One read. */
  private final class Waiter {
    private final RecordQuestion question;
    private final ReadLevel level;
    private final long atLeast;
    private final CallDeadline deadline;
    private final long atNanos;
    private final Criticality criticality = CallCriticality.current();
    private final Context context = Context.current();
    private final CompletableFuture<GetResponse> answer = new CompletableFuture<>();
    private final Context.CancellationListener gone = context -> gone();
    private volatile Flight flight;
    private volatile Optional<Future<?>> timeout = Optional.empty();

    Waiter(
        RecordQuestion question,
        ReadLevel level,
        long atLeast,
        CallDeadline deadline,
        long atNanos) {
      this.question = question;
      this.level = level;
      this.atLeast = atLeast;
      this.deadline = deadline;
      this.atNanos = atNanos;
    }

    void watchContext() {
      context.addListener(gone, Runnable::run);
    }

    void watchDeadline() {
      Future<?> timing =
          tools
              .timer()
              .schedule(
                  context.wrap(this::timeIsUp), deadline.remainingNanos(), TimeUnit.NANOSECONDS);
      timeout = Optional.of(timing);
      if (answer.isDone()) {
        timing.cancel(false);
      }
    }

    private void gone() {
      flight.leave(this);
      end(null, new CancellationException("the caller has gone"));
    }

    private void timeIsUp() {
      flight.leave(this);
      end(
          null,
          new ByssusException(
              ErrorCode.DEADLINE_PASSED, "no replica had answered by the deadline"));
    }

    /** Takes the answer to a question that was put at another time. */
    void take(GetResponse response, long askedNanos) {
      GetResponse aged = ReadAges.older(response, ReadAges.millisUp(atNanos - askedNanos));
      if (ReadAges.suits(aged.getContext(), level, atLeast)) {
        tools.metrics().sharedAnswer();
        end(aged, null);
      } else {
        askAgain();
      }
    }

    /** The question failed: for all who share it, unless only its time was over. */
    void takeFailure(Throwable failure, boolean timeWasOver) {
      if (timeWasOver || level.consistency() == Consistency.SESSION) {
        askAgain();
      } else {
        end(null, failure);
      }
    }

    private void askAgain() {
      stopWatching();
      context.run(level.consistency() == Consistency.SESSION ? this::askAlone : this::askAnew);
    }

    private void askAnew() {
      get(question, level, atLeast, deadline).whenComplete(this::end);
    }

    void askAlone() {
      long askedNanos = tools.nanoTime().getAsLong();
      replicas
          .get(question, level, atLeast, deadline)
          .whenComplete(
              (response, failure) -> {
                if (failure == null) {
                  hot.keep(question, level, askedNanos, response);
                }
                end(response, failure);
              });
    }

    private void stopWatching() {
      context.removeListener(gone);
      timeout.ifPresent(timing -> timing.cancel(false));
    }

    void end(GetResponse response, Throwable failure) {
      stopWatching();
      if (failure == null) {
        answer.complete(response);
      } else {
        answer.completeExceptionally(UnaryAnswer.causeOf(failure));
      }
    }
  }
}
