package io.byssus.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.kv.v1.Consistency;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadViewsTest {
  private static final ShardView LINEARIZABLE =
      ShardView.newBuilder().setConsistency(Consistency.LINEARIZABLE).build();
  private static final ShardView WITHIN_A_SECOND =
      ShardView.newBuilder().setConsistency(Consistency.BOUNDED).setMaxStalenessMs(1_000).build();

  @TempDir Path directory;
  private final AtomicLong nanos = new AtomicLong(1);
  private AppliedReplica applied;
  private Barriers barriers;
  private ReadWaits waits;

  @BeforeEach
  void open() {
    applied = new AppliedReplica(directory, nanos::get);
    waits = new ReadWaits(1);
    barriers =
        new Barriers(
            new MarkAppender(() -> applied.wal, Clock.systemUTC(), new SimpleMeterRegistry()));
  }

  @AfterEach
  void close() {
    waits.close();
    barriers.close();
    applied.close();
  }

  private ReadViews views(TestHooks hooks) {
    return new ReadViews(waits, barriers, hooks);
  }

  private void pass(long millis) {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  /** Waits until a barrier stands in the log at an offset, and applies it. */
  private void applyBarrier(long offset) {
    Awaitility.await().until(() -> !applied.wal.read(0, offset).isEmpty());
    applied.apply();
  }

  @Test
  void aLinearizableReadWaitsForABarrierUnlessThatFaultIsPlanted() {
    long end = applied.replica.nextOffset();
    assertTrue(views(new TestHooks(true)).await(applied.replica, LINEARIZABLE).isDone());
    assertTrue(applied.wal.read(0, end).isEmpty());

    CompletableFuture<Sight> read = views(TestHooks.NONE).await(applied.replica, LINEARIZABLE);
    assertFalse(read.isDone());
    applyBarrier(end);
    assertEquals(1, read.join().provenNanos().orElseThrow());
  }

  @Test
  void aProofThatBecameTooOldWhileItWasWaitedForIsFollowedByAnother() {
    long end = applied.replica.nextOffset();
    CompletableFuture<Sight> read = views(TestHooks.NONE).await(applied.replica, WITHIN_A_SECOND);
    Awaitility.await().until(() -> !applied.wal.read(0, end).isEmpty());
    pass(1_001);
    applied.apply();
    applyBarrier(end + 1);
    assertEquals(nanos.get(), read.join().provenNanos().orElseThrow());
  }

  @Test
  void anAnswerThatTookLongerThanItsBoundIsReadAgain() {
    long end = applied.replica.nextOffset();
    AtomicInteger readings = new AtomicInteger();
    CompletableFuture<Integer> read =
        views(TestHooks.NONE)
            .read(
                applied.replica,
                WITHIN_A_SECOND,
                sight -> {
                  if (readings.incrementAndGet() == 1) {
                    pass(1_001);
                  }
                  return readings.get();
                });
    applyBarrier(end);
    applyBarrier(end + 1);
    assertEquals(2, read.join());
  }
}
