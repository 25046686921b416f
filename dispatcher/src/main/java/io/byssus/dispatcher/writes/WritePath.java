package io.byssus.dispatcher.writes;

import io.byssus.dispatcher.calls.CallDeadline;
import io.byssus.dispatcher.calls.NamespaceResolver;
import io.byssus.dispatcher.calls.Stamps;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Limits;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.kv.v1.WriteResponse;
import io.byssus.proto.log.v1.WriterStamp;
import io.grpc.Context;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The way of a single write: find the namespace and the shard, number the write, hand it to the
 * log, and answer when the log, or for APPLIED a replica, has it.
 *
 * <p>All turns on one moment, the hand-over. Before it a write can be given up, and its caller is
 * told so: LOG_UNAVAILABLE, certainly not written. After it nobody can call the write back; where
 * the answer does not come in time the caller is told INDETERMINATE. The step between is taken by
 * one compare-and-set, so that a deadline or a cancellation that comes at that moment falls on one
 * side or the other.
 */
public final class WritePath {
  private final WriteParts parts;
  private final ScheduledExecutorService timer;

  /**
   * The way of single writes.
   *
   * @param timer fires deadlines
   */
  WritePath(WriteParts parts, ScheduledExecutorService timer) {
    this.parts = parts;
    this.timer = timer;
  }

  /**
   * Writes. Cancelling the future gives the write up, as far as that is still possible.
   *
   * @throws ByssusException OVERLOADED where there is no memory for it
   */
  public CompletableFuture<WriteResponse> write(WriteIntent intent, CallDeadline deadline) {
    long bytes = intent.write().getSerializedSize();
    parts.budget().take(bytes);
    Call call = new Call(intent, deadline);
    call.answer.whenComplete((response, failure) -> parts.budget().giveBack(bytes));
    call.start();
    return call.answer;
  }

  private enum Stage {
    BEFORE,
    HANDED_OVER,
    GIVEN_UP
  }

  private final class Call {
    private final WriteIntent intent;
    private final CallDeadline deadline;
    private final Context context = Context.current();
    private final CompletableFuture<WriteResponse> answer = new CompletableFuture<>();
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.BEFORE);
    private volatile WriteLane lane;
    private volatile String waitsFor = "the namespace";

    Call(WriteIntent intent, CallDeadline deadline) {
      this.intent = intent;
      this.deadline = deadline;
    }

    void start() {
      releaseWithAnswer(
          timer.schedule(this::timeIsUp, deadline.remainingNanos(), TimeUnit.NANOSECONDS));
      answer.whenComplete((response, failure) -> stage.compareAndSet(Stage.BEFORE, Stage.GIVEN_UP));
      parts
          .namespaces()
          .resolve(intent.namespace(), deadline)
          .thenAccept(this::route)
          .exceptionally(this::fail);
    }

    private void route(NamespaceEntry namespace) {
      NamespaceResolver.checkId(namespace, intent.options().getNamespaceId());
      WriteChecks.check(intent.write(), intent.batch(), namespace.getRules());
      lane = parts.router().lane(namespace.getRules(), intent.write().getPartitionKey());
      if (intent.options().hasStamp()) {
        handOverSoon(Stamps.toLog(intent.options().getStamp()), () -> {});
      } else {
        waitsFor = "room in the window of " + Limits.WRITER_WINDOW + " open writes";
        CompletableFuture<DispatcherWriter.Slot> opening = parts.writer().open(lane.shard());
        releaseWithAnswer(opening);
        opening
            .thenAccept(slot -> handOverSoon(slot.stamp(), slot::close))
            .exceptionally(this::fail);
      }
    }

    /** Goes on where blocking is allowed; {@code close} runs when the sequence is not open more. */
    private void handOverSoon(WriterStamp stamp, Runnable close) {
      waitsFor = "a thread";
      try {
        parts.handOvers().execute(context.wrap(() -> handOver(stamp, close)));
      } catch (RejectedExecutionException e) {
        close.run();
        fail(new ByssusException(ErrorCode.OVERLOADED, "too many writes wait for the log"));
      }
    }

    private void handOver(WriterStamp stamp, Runnable close) {
      LogAppender.HandOver handOver;
      try {
        handOver = parts.appender().prepare(lane, intent.write(), stamp);
      } catch (RuntimeException e) {
        close.run();
        fail(e);
        return;
      }
      if (deadline.passed() || !stage.compareAndSet(Stage.BEFORE, Stage.HANDED_OVER)) {
        close.run();
        timeIsUp();
        return;
      }
      handOver.append(
          (position, failure) -> {
            if (failure == null && intent.wantsApplied()) {
              // A shard forgets an outcome once its sequence is closed; somebody still asks for it.
              answer.whenComplete((response, failed) -> close.run());
            } else {
              close.run();
            }
            if (failure != null) {
              fail(failure);
            } else {
              logged(position, stamp);
            }
          });
      if (parts.hooks().acknowledgeEarly()) {
        answer.complete(parts.answers().early(lane));
      }
    }

    private void logged(long position, WriterStamp stamp) {
      if (intent.wantsApplied()) {
        waitsFor = "a replica to apply the write, which is logged";
        context.run(() -> awaitApplied(position, stamp));
        return;
      }
      try {
        parts.appender().checkInTime(stamp);
        answer.complete(parts.answers().logged(lane, position));
      } catch (ByssusException e) {
        fail(e);
      }
    }

    private void awaitApplied(long position, WriterStamp stamp) {
      parts
          .appliedQuestions()
          .ask(lane.shard(), position, stamp, deadline)
          .whenComplete(
              (outcome, failure) -> {
                if (failure != null) {
                  fail(WriteAnswers.untold(failure));
                  return;
                }
                try {
                  answer.complete(parts.answers().applied(lane, position, outcome));
                } catch (ByssusException e) {
                  fail(e);
                }
              });
    }

    private void timeIsUp() {
      stage.compareAndSet(Stage.BEFORE, Stage.GIVEN_UP);
      fail(
          stage.get() == Stage.HANDED_OVER
              ? new ByssusException(
                  ErrorCode.INDETERMINATE,
                  "the deadline came after the write was handed to the log; it waited for "
                      + waitsFor)
              : new ByssusException(
                  ErrorCode.LOG_UNAVAILABLE,
                  "the deadline came before the write was handed to the log; it waited for "
                      + waitsFor));
    }

    private Void fail(Throwable failure) {
      ByssusException error = WriteAnswers.error(failure);
      if (answer.completeExceptionally(error) && lane != null) {
        lane.meters().failed(error.code());
      }
      return null;
    }

    /** Ends something that only the answer needs when there is an answer. */
    private void releaseWithAnswer(Future<?> needed) {
      answer.whenComplete((response, failure) -> needed.cancel(false));
    }
  }
}
