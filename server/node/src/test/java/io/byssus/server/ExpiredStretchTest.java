package io.byssus.server;

import static io.byssus.server.AppliedReplica.NAMESPACE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.proto.internal.v1.ShardScanNamespaceRequest;
import io.byssus.proto.internal.v1.ShardScanNamespaceResponse;
import io.byssus.proto.internal.v1.ShardScanRequest;
import io.byssus.proto.internal.v1.ShardScanResponse;
import io.byssus.proto.internal.v1.ShardView;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Streams that have to cross many expired records, by a clock that goes on a little whenever it is
 * looked at: so that a burst takes some steps, and no more.
 */
class ExpiredStretchTest {
  private static final ShardView ANY = ShardView.getDefaultInstance();
  private static final long ENOUGH = 1_000_000;
  private static final int STRETCH = 10_000;
  private static final int BATCH = 1_000;
  private static final int STEPS = STRETCH / 1_000;

  @TempDir Path directory;
  private final Deque<Runnable> bursts = new ArrayDeque<>();
  private long lookNanos = TimeUnit.MILLISECONDS.toNanos(20);
  private long nanos = 1;
  private long looks;
  private Runnable atLook = () -> {};
  private AppliedReplica applied;
  private Barriers barriers;
  private ReadWaits waits;
  private ReadViews views;

  @BeforeEach
  void open() {
    applied = new AppliedReplica(directory, this::look);
    waits = new ReadWaits(1);
    barriers =
        new Barriers(
            new MarkAppender(() -> applied.wal, Clock.systemUTC(), new SimpleMeterRegistry()));
    views = new ReadViews(waits, barriers, TestHooks.NONE);
    applied.put("p", "a", 1);
    for (int from = 0; from < STRETCH; from += BATCH) {
      applied.putExpiring("p", i -> String.format("m%06d", i), from, from + BATCH);
    }
    applied.put("p", "z", 1);
    applied.put("q", "a", 1);
    applied.apply();
    applied.expire();
  }

  @AfterEach
  void close() {
    waits.close();
    barriers.close();
    applied.close();
  }

  private synchronized long look() {
    looks++;
    nanos += lookNanos;
    atLook.run();
    return nanos;
  }

  private <T> FakeCaller<T> begin(RecordWalk<T> walk) {
    FakeCaller<T> caller = new FakeCaller<>();
    new RecordStream<>(applied.replica, ANY, views, walk, caller, bursts::add).start();
    return caller;
  }

  private FakeCaller<ShardScanResponse> scan(boolean reverse, int limit) {
    return begin(
        new SortKeyWalk(
            ShardScanRequest.newBuilder()
                .setNamespaceId(NAMESPACE)
                .setPartitionKey(ByteString.copyFromUtf8("p"))
                .setReverse(reverse)
                .setLimit(limit)
                .build()));
  }

  private int runBursts() {
    int run = 0;
    for (; !bursts.isEmpty(); run++) {
      assertTrue(run < 100, "the stream does not come on");
      bursts.remove().run();
    }
    return run;
  }

  private static List<String> sortKeys(FakeCaller<ShardScanResponse> caller) {
    return caller.taken.stream()
        .flatMap(piece -> piece.getRecordsList().stream())
        .map(record -> record.getSortKey().toStringUtf8())
        .toList();
  }

  @Test
  void isCrossedInBurstsThatGoOnWhereTheLastOneCameTo() {
    for (boolean reverse : new boolean[] {false, true}) {
      FakeCaller<ShardScanResponse> caller = scan(reverse, 0);
      caller.give(ENOUGH);
      looks = 0;
      int run = runBursts();
      assertEquals(reverse ? List.of("z", "a") : List.of("a", "z"), sortKeys(caller));
      assertTrue(caller.completed);
      assertTrue(run >= 3, () -> "bursts: " + run);
      // Each looks when it begins and when a piece is done.
      assertTrue(looks <= STEPS + 3 * run, () -> "looked at the clock " + looks + " times");
      assertEquals(run, caller.taken.size(), "each burst tells what it is worth");
      for (int i = 0; i < run; i++) {
        assertEquals(i == run - 1, caller.taken.get(i).getEnd());
      }
    }
    FakeCaller<ShardScanNamespaceResponse> whole =
        begin(
            new NamespaceWalk(
                ShardScanNamespaceRequest.newBuilder().setNamespaceId(NAMESPACE).build()));
    whole.give(ENOUGH);
    assertTrue(runBursts() >= 3);
    assertEquals(
        List.of("a", "z", "a"),
        whole.taken.stream()
            .flatMap(piece -> piece.getRecordsList().stream())
            .map(record -> record.getKey().getSortKey().toStringUtf8())
            .toList());
  }

  @Test
  void givesWayToOtherStreams() {
    FakeCaller<ShardScanResponse> slow = scan(false, 0);
    FakeCaller<ShardScanResponse> quick = scan(false, 1);
    slow.give(ENOUGH);
    quick.give(ENOUGH);
    bursts.remove().run();
    bursts.remove().run();
    assertFalse(slow.completed);
    assertTrue(quick.completed);
    assertEquals(List.of("a"), sortKeys(quick));
    assertFalse(quick.taken.get(0).getEnd(), "what follows was not known in time");
  }

  @Test
  void isCrossedOnceHoweverItIsTaken() {
    lookNanos = 0;
    applied.put("p", "a", 256 * 1024);
    applied.apply();
    looks = 0;
    FakeCaller<ShardScanResponse> pieces = scan(false, 0);
    for (int i = 0; i < 10 && !pieces.completed; i++) {
      pieces.give(1);
      runBursts();
    }
    assertEquals(List.of("a", "z"), sortKeys(pieces));
    assertEquals(2, pieces.taken.size());
    assertTrue(looks <= STEPS + 10, () -> "looked at the clock " + looks + " times");
  }

  @Test
  void isLeftAtOnceWhenTheCallEnds() {
    lookNanos = 0;
    FakeCaller<ShardScanResponse> caller = scan(false, 0);
    caller.give(ENOUGH);
    looks = 0;
    atLook =
        () -> {
          if (looks == 3) {
            caller.cancel();
          }
        };
    runBursts();
    assertTrue(looks <= 4, () -> "looked at the clock " + looks + " times");
    assertTrue(caller.taken.isEmpty());
    assertEquals(null, caller.failure);
  }
}
