package io.byssus.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Position;
import io.byssus.proto.internal.v1.ShardKeys;
import io.byssus.proto.internal.v1.ShardMultiGetRequest;
import io.byssus.proto.internal.v1.ShardMultiGetResponse;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.KeyResult;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
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

  /** At which look at the clock, counted from now, it leaps; 0 for never. */
  private final AtomicInteger passAtCall = new AtomicInteger();

  private AppliedReplica applied;
  private Barriers barriers;
  private ReadWaits waits;

  @BeforeEach
  void open() {
    applied = new AppliedReplica(directory, this::nanoTime);
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

  private long nanoTime() {
    if (passAtCall.getAndUpdate(calls -> Math.max(0, calls - 1)) == 1) {
      pass(1_001);
    }
    return nanos.get();
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
  void whatMemoryDoesNotTellIsReadByAThreadThatMayWait() {
    Thread here = Thread.currentThread();
    assertTrue(
        views(TestHooks.NONE)
            .readFromMemory(
                applied.replica,
                ShardView.getDefaultInstance(),
                Runnable::run,
                sight -> Optional.of(Thread.currentThread() == here),
                sight -> false)
            .join(),
        "memory tells it here");
    assertFalse(ReadWaits.mayBlock());
    assertTrue(
        views(TestHooks.NONE)
            .readFromMemory(
                applied.replica,
                ShardView.getDefaultInstance(),
                Runnable::run,
                sight -> Optional.empty(),
                sight -> ReadWaits.mayBlock())
            .join());
  }

  @Test
  void whoHasWaitedReadsMemoryWhereHeWantsTo() {
    long end = applied.replica.nextOffset();
    Queue<Runnable> later = new ConcurrentLinkedQueue<>();
    CompletableFuture<String> read =
        views(TestHooks.NONE)
            .readFromMemory(
                applied.replica,
                LINEARIZABLE,
                later::add,
                sight -> Optional.of("memory"),
                sight -> "disk");
    applyBarrier(end);
    assertFalse(read.isDone());
    later.remove().run();
    assertEquals("memory", read.join());
  }

  @Test
  void oneBarrierDoesForWhatIsThenReadFromTheDisk() {
    long end = applied.replica.nextOffset();
    CompletableFuture<Boolean> read =
        views(TestHooks.NONE)
            .readFromMemory(
                applied.replica,
                LINEARIZABLE,
                Runnable::run,
                sight -> Optional.empty(),
                sight -> ReadWaits.mayBlock());
    applyBarrier(end);
    assertTrue(read.join());
    assertTrue(applied.wal.read(0, end + 1).isEmpty());
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

  @Test
  void aReadingThatAlwaysOutlastsItsBoundIsGivenUp() {
    long end = applied.replica.nextOffset();
    AtomicInteger readings = new AtomicInteger();
    CompletableFuture<Integer> read =
        views(TestHooks.NONE)
            .read(
                applied.replica,
                WITHIN_A_SECOND,
                sight -> {
                  pass(1_001);
                  return readings.incrementAndGet();
                });
    for (int number = 0; number < ReadViews.MOST_READINGS; number++) {
      applyBarrier(end + number);
    }
    CompletionException failure =
        assertThrows(CompletionException.class, () -> read.orTimeout(30, TimeUnit.SECONDS).join());
    ByssusException error = assertInstanceOf(ByssusException.class, failure.getCause());
    assertEquals(ErrorCode.REPLICA_BEHIND, error.code());
    assertEquals(ReadViews.MOST_READINGS, readings.get());
  }

  @Test
  void aSessionIsLostThatWaitsWhileTheLogsIncarnationRises() {
    ShardView session = ShardView.newBuilder().setAtLeast(Position.pack(1, 50)).build();
    CompletableFuture<Sight> read = views(TestHooks.NONE).await(applied.replica, session);
    assertFalse(read.isDone());
    applied.startIncarnation(2);
    applied.apply();
    CompletionException failure = assertThrows(CompletionException.class, read::join);
    ByssusException error = assertInstanceOf(ByssusException.class, failure.getCause());
    assertEquals(ErrorCode.SESSION_LOST, error.code());
  }

  @Test
  void aPassThatIsReadAgainTakesNoRoomInAnAnswer() {
    applied.put("k", "", 100);
    applied.apply();
    long end = applied.replica.nextOffset();
    Key key = Key.newBuilder().setPartitionKey(ByteString.copyFromUtf8("k")).build();
    ShardMultiGetRequest request =
        ShardMultiGetRequest.newBuilder()
            .setNamespaceId(AppliedReplica.NAMESPACE)
            .setMaxBytes(150)
            .addShards(ShardKeys.newBuilder().setView(WITHIN_A_SECOND).addKeys(key))
            .build();
    CompletableFuture<ShardMultiGetResponse> read =
        new MultiRead(shard -> applied.replica, views(TestHooks.NONE), request).run();
    Awaitility.await().until(() -> !applied.wal.read(0, end).isEmpty());
    // The clock is read when the barrier has come, and when the first pass is over.
    passAtCall.set(2);
    applied.apply();
    applyBarrier(end + 1);
    KeyResult result = read.join().getShards(0).getResults(0);
    assertEquals(100, result.getRecord().getValue().size(), result::toString);
  }
}
