package io.byssus.dispatcher;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.model.Limits;
import io.byssus.model.Position;
import io.byssus.model.ShardHash;
import io.byssus.proto.internal.v1.AwaitAppliedResponse;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.proto.kv.v1.WriteResponse;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.WriterStamp;
import io.byssus.wal.LogHost;
import io.byssus.wal.Wal;
import io.grpc.Context;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a write: find the namespace and the shard, number the write, hand it to the log, and
 * answer when the log, or for APPLIED a replica, has it.
 *
 * <p>All turns on one moment, the hand-over. Before it a write can be given up, and its caller is
 * told so: LOG_UNAVAILABLE, certainly not written. After it nobody can call the write back; where
 * the answer does not come in time the caller is told INDETERMINATE. The step between is taken by
 * one compare-and-set, so that a deadline or a cancellation that comes at that moment falls on one
 * side or the other.
 */
final class WritePath {
  private static final Logger log = LoggerFactory.getLogger(WritePath.class);

  /** How far ahead accept-until must be at the hand-over, and still be at a LOGGED answer. */
  private static final Duration LEAST_AHEAD = Duration.ofMinutes(2);

  /** How far ahead accept-until may be at the hand-over. */
  private static final Duration MOST_AHEAD = Duration.ofMinutes(10);

  private final Supplier<ClusterImage> map;
  private final NamespaceResolver namespaces;
  private final LogHost logHost;
  private final WriteBudget budget;
  private final DispatcherWriter writer;
  private final RulesAnnouncer rules;
  private final IntPredicate lagging;
  private final AppliedQuestion appliedQuestion;
  private final Clock clock;
  private final ScheduledExecutorService timer;
  private final Executor executor;
  private final DispatcherMetrics metrics;
  private final TestHooks hooks;

  /** Asks the replicas of a shard what became of a write. */
  @FunctionalInterface
  interface AppliedQuestion {
    CompletableFuture<AwaitAppliedResponse> ask(
        int shard, long position, WriterStamp stamp, CallDeadline deadline);
  }

  /**
   * The parts that a write passes through.
   *
   * @param lagging whether a shard's replicas are too far behind to take more
   * @param clock what accept-until is measured against
   * @param timer fires deadlines
   * @param executor where records are handed to the log, which may block for about a second
   */
  WritePath(
      Supplier<ClusterImage> map,
      NamespaceResolver namespaces,
      LogHost logHost,
      WriteBudget budget,
      DispatcherWriter writer,
      RulesAnnouncer rules,
      IntPredicate lagging,
      AppliedQuestion appliedQuestion,
      Clock clock,
      ScheduledExecutorService timer,
      Executor executor,
      DispatcherMetrics metrics,
      TestHooks hooks) {
    this.map = map;
    this.namespaces = namespaces;
    this.logHost = logHost;
    this.budget = budget;
    this.writer = writer;
    this.rules = rules;
    this.lagging = lagging;
    this.appliedQuestion = appliedQuestion;
    this.clock = clock;
    this.timer = timer;
    this.executor = executor;
    this.metrics = metrics;
    this.hooks = hooks;
  }

  /**
   * Writes. Cancelling the future gives the write up, as far as that is still possible.
   *
   * @throws ByssusException OVERLOADED where there is no memory for it
   */
  CompletableFuture<WriteResponse> write(WriteIntent intent, CallDeadline deadline) {
    long bytes = intent.write().getSerializedSize();
    budget.take(bytes);
    Call call = new Call(intent, deadline);
    call.answer.whenComplete((response, failure) -> budget.giveBack(bytes));
    call.start();
    return call.answer;
  }

  private enum Stage {
    BEFORE,
    HANDED_OVER,
    GIVEN_UP
  }

  /** Where a write goes. Taken from one map, so that position and incarnation agree. */
  private record Target(int shard, int incarnation, NamespaceRules rules) {}

  private final class Call {
    private final WriteIntent intent;
    private final CallDeadline deadline;
    private final Context context = Context.current();
    private final CompletableFuture<WriteResponse> answer = new CompletableFuture<>();
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.BEFORE);
    private volatile Target target;
    private volatile String waitsFor = "the namespace";

    Call(WriteIntent intent, CallDeadline deadline) {
      this.intent = intent;
      this.deadline = deadline;
    }

    void start() {
      releaseWithAnswer(
          timer.schedule(this::timeIsUp, deadline.remainingNanos(), TimeUnit.NANOSECONDS));
      answer.whenComplete((response, failure) -> stage.compareAndSet(Stage.BEFORE, Stage.GIVEN_UP));
      namespaces
          .resolve(intent.namespace(), deadline)
          .thenAccept(this::route)
          .exceptionally(this::fail);
    }

    private void route(NamespaceEntry namespace) {
      int namespaceId = namespace.getRules().getNamespaceId();
      if (intent.options().getNamespaceId() != 0
          && intent.options().getNamespaceId() != namespaceId) {
        throw new ByssusException(
            ErrorCode.NAMESPACE_CHANGED,
            "namespace '" + intent.namespace() + "' now has id " + namespaceId);
      }
      target = target(namespace.getRules());
      if (lagging.test(target.shard)) {
        throw new ByssusException(
            ErrorCode.SHARD_LAGGING,
            "even the fastest replica of shard " + target.shard + " is too far behind the log");
      }
      if (intent.options().hasStamp()) {
        handOverSoon(Stamps.toLog(intent.options().getStamp()), () -> {});
      } else {
        waitsFor = "room in the window of " + Limits.WRITER_WINDOW + " open writes";
        CompletableFuture<DispatcherWriter.Slot> opening = writer.open(target.shard);
        releaseWithAnswer(opening);
        opening
            .thenAccept(slot -> handOverSoon(slot.stamp(), slot::close))
            .exceptionally(this::fail);
      }
    }

    private Target target(NamespaceRules namespaceRules) {
      ClusterImage image = map.get();
      Cluster cluster = image.cluster().orElseThrow(WritePath::notReady);
      int shard =
          ShardHash.shard(
              namespaceRules.getNamespaceId(),
              intent.write().getPartitionKey().toByteArray(),
              cluster.getShardCount());
      ShardAssignment assignment = image.shard(shard).orElseThrow(WritePath::notReady);
      return new Target(shard, assignment.getIncarnation(), namespaceRules);
    }

    /** Goes on where blocking is allowed; {@code close} runs when the sequence is not open more. */
    private void handOverSoon(WriterStamp stamp, Runnable close) {
      waitsFor = "a thread";
      try {
        executor.execute(context.wrap(() -> handOver(stamp, close)));
      } catch (RejectedExecutionException e) {
        close.run();
        fail(new ByssusException(ErrorCode.OVERLOADED, "too many writes wait for the log"));
      }
    }

    private void handOver(WriterStamp stamp, Runnable close) {
      Wal wal;
      LogRecord record;
      try {
        checkAcceptUntil(stamp);
        wal = logHost.wal();
        record = record(stamp);
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
      DispatcherMetrics.Shard meters = metrics.shard(target.shard);
      meters.handedOver();
      CompletableFuture<Long> logged = append(wal, record);
      logged.whenComplete(
          (offset, failure) -> {
            meters.answered();
            if (failure == null && intent.wantsApplied()) {
              // A shard forgets an outcome once its sequence is closed; somebody still asks for it.
              answer.whenComplete((response, failed) -> close.run());
            } else {
              close.run();
            }
            if (failure != null) {
              fail(failure);
            } else {
              logged(record, offset);
            }
          });
      if (hooks.acknowledgeEarly()) {
        answerLogged(Position.pack(target.incarnation, 0));
      }
    }

    private CompletableFuture<Long> append(Wal wal, LogRecord record) {
      try {
        return wal.append(target.shard, record);
      } catch (RuntimeException e) {
        log.error("The log failed in a way that it should not: shard={}", target.shard, e);
        return CompletableFuture.failedFuture(
            new ByssusException(ErrorCode.INDETERMINATE, "the log failed: " + e, e));
      }
    }

    private void checkAcceptUntil(WriterStamp stamp) {
      long aheadMillis = stamp.getAcceptUntilMs() - clock.millis();
      if (aheadMillis < LEAST_AHEAD.toMillis() || aheadMillis > MOST_AHEAD.toMillis()) {
        throw new ByssusException(
            ErrorCode.WRITE_EXPIRED,
            "accept_until_ms is "
                + aheadMillis
                + " ms ahead of the dispatcher's clock; "
                + LEAST_AHEAD.toMillis()
                + " to "
                + MOST_AHEAD.toMillis()
                + " ms are allowed");
      }
    }

    private LogRecord record(WriterStamp stamp) {
      LogRecord.Builder record =
          LogRecord.newBuilder()
              .setFormatVersion(Limits.LOG_FORMAT_VERSION)
              .setNamespaceId(target.rules.getNamespaceId())
              .setRulesVersion(target.rules.getVersion())
              .setStamp(stamp)
              .setWriterTimeMs(clock.millis())
              .setWrite(intent.write());
      if (rules.mustAnnounce(target.shard, target.incarnation, target.rules)) {
        record.setNamespaceRules(target.rules);
        metrics.rulesAnnounced();
      }
      return record.build();
    }

    private void logged(LogRecord record, long offset) {
      if (record.hasNamespaceRules()) {
        rules.acknowledged(target.shard, target.incarnation, record.getNamespaceRules());
      }
      long position = Position.pack(target.incarnation, offset);
      if (intent.wantsApplied()) {
        waitsFor = "a replica to apply the write, which is logged at offset " + offset;
        context.run(() -> awaitApplied(position, record.getStamp()));
      } else if (record.getStamp().getAcceptUntilMs() - clock.millis() < LEAST_AHEAD.toMillis()) {
        // The shard's clock may pass accept-until before it comes to this copy.
        fail(
            new ByssusException(
                ErrorCode.INDETERMINATE,
                "the log took so long that the write may have come after its accept-until"));
      } else {
        answerLogged(position);
      }
    }

    private void answerLogged(long position) {
      answer.complete(response(position).build());
    }

    private void awaitApplied(long position, WriterStamp stamp) {
      appliedQuestion
          .ask(target.shard, position, stamp, deadline)
          .thenAccept(applied -> answerApplied(position, applied))
          .exceptionally(
              failure -> {
                fail(
                    new ByssusException(
                        ErrorCode.INDETERMINATE,
                        "the write is logged, but no replica told what became of it",
                        failure));
                return null;
              });
    }

    private void answerApplied(long position, AwaitAppliedResponse applied) {
      switch (applied.getOutcome().getKind()) {
        case OUTCOME_APPLIED ->
            answer.complete(
                response(position).setVersion(applied.getOutcome().getVersion()).build());
        case OUTCOME_NOT_APPLIED ->
            fail(
                new ByssusException(
                    ErrorCode.WRITE_EXPIRED,
                    "the write came after its accept-until, or after a later write had closed"
                        + " it"));
        case OUTCOME_KIND_UNSPECIFIED, UNRECOGNIZED ->
            fail(
                new ByssusException(
                    ErrorCode.INDETERMINATE,
                    "the write is logged, and its outcome is not known any more"));
      }
    }

    private WriteResponse.Builder response(long position) {
      return WriteResponse.newBuilder()
          .setShard(target.shard)
          .setPosition(position)
          .setDispatcherTimeMs(clock.millis());
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
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      ByssusException error = GrpcErrors.fromGrpc(cause, ErrorCode.NO_REPLICA);
      if (answer.completeExceptionally(error) && target != null) {
        metrics.shard(target.shard).failed(error.code());
      }
      return null;
    }

    /** Ends something that only the answer needs when there is an answer. */
    private void releaseWithAnswer(Future<?> needed) {
      answer.whenComplete((response, failure) -> needed.cancel(false));
    }
  }

  private static ByssusException notReady() {
    return new ByssusException(
        ErrorCode.CLUSTER_NOT_READY, "the cluster has not placed its shards yet");
  }
}
