package io.byssus.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.wal.InMemoryWal;
import io.byssus.wal.LogEntry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ShardBarriersTest {
  private static final long DAY_NANOS = TimeUnit.DAYS.toNanos(1);

  private final InMemoryWal wal = new InMemoryWal(1, () -> 1_000);
  private final MarkAppender marks =
      new MarkAppender(
          () -> wal,
          Clock.fixed(Instant.ofEpochMilli(77), ZoneOffset.UTC),
          new SimpleMeterRegistry());
  private final PositionWaiters replica = new PositionWaiters(() -> {});
  private final Deque<Runnable> appender = new ArrayDeque<>();
  private long nanos = DAY_NANOS;
  private final ShardBarriers barriers =
      new ShardBarriers(
          0,
          () -> marks.barrier(0),
          offset -> replica.await(offset + 1),
          appender::add,
          () -> nanos);

  private void runAppender() {
    while (!appender.isEmpty()) {
      appender.remove().run();
    }
  }

  /** The replica applies what stands in the log. */
  private void apply() {
    replica.reached(inLog());
  }

  private int inLog() {
    return wal.read(0, 0).size();
  }

  private void pass(long millis) {
    nanos += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private Waiting<Long> bounded(long millis) {
    return barriers.notOlderThan(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private static boolean isProven(Waiting<Long> read) {
    return read.done().isDone() && !read.done().isCompletedExceptionally();
  }

  private static ErrorCode failure(Waiting<Long> read) {
    assertTrue(read.done().isDone(), "still waits");
    CompletionException failed = assertThrows(CompletionException.class, read.done()::join);
    return ((ByssusException) failed.getCause()).code();
  }

  @Test
  void aReadEndsWhenTheReplicaHasAppliedItsBarrier() throws Exception {
    wal.appendRaw(0, new byte[] {1});
    Waiting<Long> read = barriers.linearizable();
    runAppender();
    replica.reached(1);
    assertFalse(read.done().isDone(), "the barrier at offset 1 is not applied");
    replica.reached(2);
    assertEquals(DAY_NANOS, read.done().join());

    LogEntry entry = wal.read(0, 1).get(0);
    LogRecord record = LogRecord.parseFrom(entry.bytes());
    assertTrue(record.hasBarrier());
    assertEquals(1, record.getFormatVersion());
    assertEquals(77, record.getWriterTimeMs());
  }

  @Test
  void readsThatComeBeforeTheHandOverShareABarrier() {
    List<Waiting<Long>> reads = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      reads.add(barriers.linearizable());
    }
    runAppender();
    apply();
    assertEquals(1, inLog());
    assertTrue(reads.stream().allMatch(ShardBarriersTest::isProven));
    assertEquals(0, barriers.waiting());
  }

  @Test
  void aReadNeverJoinsABarrierThatWasHandedOver() {
    wal.hold();
    Waiting<Long> first = barriers.linearizable();
    runAppender();
    assertEquals(1, inLog());
    Waiting<Long> second = barriers.linearizable();
    runAppender();
    assertEquals(1, inLog(), "while one is with the log the next gathers");

    wal.release();
    apply();
    assertTrue(isProven(first));
    assertFalse(second.done().isDone(), "a write may stand behind the first barrier");
    runAppender();
    assertEquals(2, inLog());
    apply();
    assertTrue(isProven(second));
  }

  @Test
  void aReadThatComesWhileABarrierIsBeingAppliedGetsTheNext() {
    Waiting<Long> first = barriers.linearizable();
    runAppender();
    Waiting<Long> second = barriers.linearizable();
    replica.reached(1);
    assertTrue(isProven(first));
    assertFalse(second.done().isDone());
    runAppender();
    replica.reached(2);
    assertTrue(isProven(second));
  }

  @Test
  void aBarrierWhoseReadersHaveGoneIsNotHandedOver() {
    Waiting<Long> read = barriers.linearizable();
    read.done().cancel(false);
    read.forget().run();
    runAppender();
    assertEquals(0, inLog());
    assertEquals(0, barriers.waiting());
  }

  @Test
  void whileTheLogIsAwayReadsFailAtOnceAndNobodyIsLeftWaiting() {
    wal.setAvailable(false);
    Waiting<Long> read = barriers.linearizable();
    runAppender();
    assertEquals(ErrorCode.LOG_UNAVAILABLE, failure(read));
    assertEquals(0, barriers.waiting());

    wal.setAvailable(true);
    Waiting<Long> later = barriers.linearizable();
    runAppender();
    apply();
    assertTrue(isProven(later));
  }

  @Test
  void aLogThatDoesNotAnswerIsTheReasonAndRefusesNewReadsAfterTwoSeconds() {
    wal.hold();
    Waiting<Long> withLog = barriers.linearizable();
    runAppender();
    Waiting<Long> gathered = barriers.linearizable();
    assertEquals(ErrorCode.LOG_UNAVAILABLE, withLog.late().get().code());
    assertEquals(ErrorCode.LOG_UNAVAILABLE, gathered.late().get().code());
    pass(2_001);
    assertEquals(ErrorCode.LOG_UNAVAILABLE, failure(barriers.linearizable()));
    assertEquals(ErrorCode.LOG_UNAVAILABLE, failure(bounded(60_000)));
    withLog.forget().run();
    gathered.forget().run();
    assertEquals(0, barriers.waiting());
  }

  @Test
  void aReplicaThatDoesNotApplyIsTheReasonAndTheLogGetsNoMoreThanSixteen() {
    List<Waiting<Long>> reads = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      reads.add(barriers.linearizable());
      runAppender();
    }
    assertEquals(ShardBarriers.MOST_UNAPPLIED, inLog());
    assertEquals(ErrorCode.REPLICA_BEHIND, reads.get(0).late().get().code());
    assertEquals(ErrorCode.REPLICA_BEHIND, reads.get(99).late().get().code());
    apply();
    runAppender();
    apply();
    assertTrue(reads.stream().allMatch(ShardBarriersTest::isProven));
    assertEquals(ShardBarriers.MOST_UNAPPLIED + 1, inLog());
  }

  @Test
  void aReplicaThatEndsFailsItsReads() {
    Waiting<Long> read = barriers.linearizable();
    runAppender();
    replica.end(new ByssusException(ErrorCode.REPLICA_HALTED, "as the test wants it"));
    assertEquals(ErrorCode.REPLICA_HALTED, failure(read));
    assertEquals(0, barriers.waiting());
  }

  @Test
  void noMoreThanTheBoundMayWait() {
    wal.hold();
    for (int i = 0; i < ShardBarriers.MOST_WAITING; i++) {
      assertFalse(barriers.linearizable().done().isDone());
    }
    assertEquals(ErrorCode.OVERLOADED, failure(barriers.linearizable()));
    assertEquals(ShardBarriers.MOST_WAITING, barriers.waiting());
  }

  @Test
  void aProofServesUntilItIsTooOldAndIsRenewedBeforeThatOnDemand() {
    Waiting<Long> first = bounded(1_000);
    runAppender();
    apply();
    assertEquals(DAY_NANOS, first.done().join());

    pass(499);
    assertTrue(isProven(bounded(1_000)));
    runAppender();
    assertEquals(1, inLog(), "at most one each half of the staleness");

    pass(1);
    assertEquals(DAY_NANOS, bounded(1_000).done().join(), "served at once by the proof there is");
    assertTrue(isProven(bounded(1_000)));
    runAppender();
    assertEquals(2, inLog(), "and a new one asked for, once");
    apply();
    assertEquals(nanos, bounded(1_000).done().join());

    pass(1_001);
    Waiting<Long> tooOld = bounded(1_000);
    assertFalse(tooOld.done().isDone());
    runAppender();
    apply();
    assertEquals(nanos, tooOld.done().join());
  }

  @Test
  void aBoundedReadLeansOnABarrierThatIsUnderWay() {
    wal.hold();
    Waiting<Long> first = barriers.linearizable();
    runAppender();
    pass(100);
    Waiting<Long> second = bounded(200);
    runAppender();
    wal.release();
    runAppender();
    apply();
    assertEquals(1, inLog());
    assertTrue(isProven(first));
    assertEquals(DAY_NANOS, second.done().join(), "the proof is of the hand-over");
  }

  @Test
  void onceTheBoundIsPassedAndNoBarrierGetsThroughABoundedReadIsRefused() {
    Waiting<Long> proof = bounded(1_000);
    runAppender();
    apply();
    assertTrue(isProven(proof));
    wal.setAvailable(false);
    pass(1_000);
    assertTrue(isProven(bounded(1_000)), "still within the bound");
    runAppender();
    pass(1);
    assertEquals(ErrorCode.LOG_UNAVAILABLE, failure(bounded(1_000)));
    assertTrue(appender.isEmpty(), "the next try comes half a bound after the last");
    pass(500);
    Waiting<Long> again = bounded(1_000);
    runAppender();
    assertEquals(ErrorCode.LOG_UNAVAILABLE, failure(again));
  }

  @Test
  void aServerThatStopsTakesNoMoreReads() {
    ShardBarriers stopping =
        new ShardBarriers(
            0,
            () -> CompletableFuture.completedFuture(0L),
            offset -> new CompletableFuture<>(),
            task -> {
              throw new RejectedExecutionException();
            },
            () -> nanos);
    assertEquals(ErrorCode.SHUTTING_DOWN, failure(stopping.linearizable()));
  }
}
