package io.byssus.server;

import static io.byssus.server.AppliedReplica.NAMESPACE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.internal.v1.ShardScanNamespaceRequest;
import io.byssus.proto.internal.v1.ShardScanNamespaceResponse;
import io.byssus.proto.internal.v1.ShardScanRequest;
import io.byssus.proto.internal.v1.ShardScanResponse;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.kv.v1.Consistency;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordStreamTest {
  private static final ShardView ANY = ShardView.getDefaultInstance();
  private static final long ENOUGH = 1_000_000;
  private static final int MOST_OF_A_PIECE = 256 * 1024 + 20_000;

  @TempDir Path directory;
  private final Deque<Runnable> bursts = new ArrayDeque<>();
  private long nanos = 1;
  private AppliedReplica applied;
  private Barriers barriers;
  private ReadWaits waits;
  private ReadViews views;

  @BeforeEach
  void open() {
    applied = new AppliedReplica(directory, () -> nanos);
    waits = new ReadWaits(1);
    barriers =
        new Barriers(
            new MarkAppender(() -> applied.wal, Clock.systemUTC(), new SimpleMeterRegistry()));
    views = new ReadViews(waits, barriers, TestHooks.NONE);
  }

  @AfterEach
  void close() {
    waits.close();
    barriers.close();
    applied.close();
  }

  private <T> FakeCaller<T> begin(ShardView view, RecordWalk<T> walk) {
    FakeCaller<T> caller = new FakeCaller<>();
    new RecordStream<>(applied.replica, view, views, walk, caller, bursts::add).start();
    return caller;
  }

  private void runBursts() {
    while (!bursts.isEmpty()) {
      bursts.remove().run();
    }
  }

  private void fill(int records, int bytes) {
    for (int i = 0; i < records; i++) {
      applied.put("p", String.format("%03d", i), bytes);
    }
    applied.apply();
  }

  private static ShardScanNamespaceRequest namespace() {
    return ShardScanNamespaceRequest.newBuilder().setNamespaceId(NAMESPACE).build();
  }

  private static ShardScanRequest scan() {
    return ShardScanRequest.newBuilder()
        .setNamespaceId(NAMESPACE)
        .setPartitionKey(ByteString.copyFromUtf8("p"))
        .build();
  }

  private static List<String> sortKeys(FakeCaller<ShardScanResponse> caller) {
    return caller.taken.stream()
        .flatMap(piece -> piece.getRecordsList().stream())
        .map(record -> record.getSortKey().toStringUtf8())
        .toList();
  }

  private static List<String> numbers(IntStream numbers) {
    return numbers.mapToObj(i -> String.format("%03d", i)).toList();
  }

  @Test
  void aCallerThatStopsReadingHasOnePieceAndHoldsNothingOfTheServer() {
    fill(200, 20_000);
    FakeCaller<ShardScanNamespaceResponse> caller = begin(ANY, new NamespaceWalk(namespace()));
    runBursts();
    assertTrue(caller.taken.isEmpty(), "a caller without room is sent nothing");
    caller.give(1);
    runBursts();
    assertEquals(1, caller.taken.size());
    assertTrue(caller.taken.get(0).getSerializedSize() <= MOST_OF_A_PIECE);
    // An open scan would hold the closing up.
    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> applied.replica.close());
    caller.give(1);
    runBursts();
    assertEquals(1, caller.taken.size());
    assertEquals(
        ErrorCode.SHARD_NOT_HERE, GrpcErrors.fromGrpc(caller.failure, ErrorCode.NO_REPLICA).code());
  }

  @Test
  void aNamespaceIsStreamedWholeAndInOrderHoweverItIsTaken() {
    for (int i = 0; i < 30; i++) {
      applied.put("p" + i % 3, String.format("%03d", i), 30_000);
    }
    applied.apply();
    FakeCaller<ShardScanNamespaceResponse> fast = begin(ANY, new NamespaceWalk(namespace()));
    fast.give(ENOUGH);
    FakeCaller<ShardScanNamespaceResponse> slow = begin(ANY, new NamespaceWalk(namespace()));
    runBursts();
    while (!slow.completed) {
      slow.give(1);
      runBursts();
    }
    assertTrue(fast.completed);
    for (FakeCaller<ShardScanNamespaceResponse> caller : List.of(fast, slow)) {
      List<String> keys =
          caller.taken.stream()
              .flatMap(piece -> piece.getRecordsList().stream())
              .map(
                  r ->
                      r.getKey().getPartitionKey().toStringUtf8()
                          + "/"
                          + r.getKey().getSortKey().toStringUtf8())
              .toList();
      assertEquals(30, keys.size());
      assertEquals(keys.stream().sorted().distinct().toList(), keys);
      assertTrue(caller.taken.size() > 2, "900 KB in two pieces");
      for (int i = 0; i < caller.taken.size(); i++) {
        assertEquals(i == caller.taken.size() - 1, caller.taken.get(i).getEnd());
      }
    }
    ShardScanNamespaceRequest rest =
        namespace().toBuilder()
            .setAfter(fast.taken.get(0).getRecords(0).getKey())
            .setLimit(1)
            .build();
    FakeCaller<ShardScanNamespaceResponse> one = begin(ANY, new NamespaceWalk(rest));
    one.give(ENOUGH);
    runBursts();
    assertEquals(1, one.taken.size());
    assertEquals(fast.taken.get(0).getRecords(1), one.taken.get(0).getRecords(0));
    assertFalse(one.taken.get(0).getEnd());
  }

  @Test
  void aReverseScanComesDownFromTheEndAndGoesOnBelowAnyRecord() {
    fill(40, 20_000);
    ShardScanRequest reverse =
        scan().toBuilder()
            .setReverse(true)
            .setStart(ByteString.copyFromUtf8("005"))
            .setEnd(ByteString.copyFromUtf8("035"))
            .build();
    FakeCaller<ShardScanResponse> whole = begin(ANY, new SortKeyWalk(reverse));
    for (int i = 0; i < 10 && !whole.completed; i++) {
      whole.give(1);
      runBursts();
    }
    assertEquals(numbers(IntStream.range(5, 35).map(i -> 39 - i)), sortKeys(whole));
    FakeCaller<ShardScanResponse> rest =
        begin(
            ANY,
            new SortKeyWalk(
                reverse.toBuilder().setBefore(ByteString.copyFromUtf8("010")).setLimit(5).build()));
    rest.give(ENOUGH);
    runBursts();
    assertEquals(numbers(IntStream.of(9, 8, 7, 6, 5)), sortKeys(rest));
    assertTrue(rest.taken.get(0).getEnd(), "none follows in the range");
    FakeCaller<ShardScanResponse> above =
        begin(
            ANY,
            new SortKeyWalk(
                reverse.toBuilder().setBefore(ByteString.copyFromUtf8("999")).setLimit(1).build()));
    above.give(ENOUGH);
    runBursts();
    assertEquals(List.of("034"), sortKeys(above), "the end of the range holds");
    FakeCaller<ShardScanResponse> nothing =
        begin(ANY, new SortKeyWalk(reverse.toBuilder().setBefore(ByteString.EMPTY).build()));
    nothing.give(ENOUGH);
    runBursts();
    assertEquals(List.of(), sortKeys(nothing));
    assertTrue(nothing.completed && nothing.taken.get(0).getEnd());
  }

  @Test
  void whatIsWrittenMeanwhileIsReadWhereTheStreamHasNotBeen() {
    fill(40, 20_000);
    FakeCaller<ShardScanResponse> caller = begin(ANY, new SortKeyWalk(scan()));
    caller.give(1);
    runBursts();
    long seen = caller.taken.get(0).getContext().getSeenPosition();
    assertEquals(applied.replica.open().appliedPosition(), seen);
    applied.put("p", "000a", 1);
    applied.put("p", "038a", 1);
    applied.delete("p", "039");
    applied.apply();
    caller.give(ENOUGH);
    runBursts();
    List<String> keys = sortKeys(caller);
    assertEquals(keys.stream().sorted().distinct().toList(), keys);
    assertTrue(keys.contains("038a") && !keys.contains("000a") && !keys.contains("039"));
    ShardScanResponse last = caller.taken.get(caller.taken.size() - 1);
    assertTrue(Long.compareUnsigned(last.getContext().getSeenPosition(), seen) > 0);
  }

  @Test
  void aBoundedStreamAsksForAnotherProofWhenItsOwnIsTooOld() {
    fill(40, 20_000);
    ShardView bounded =
        ShardView.newBuilder().setConsistency(Consistency.BOUNDED).setMaxStalenessMs(1_000).build();
    FakeCaller<ShardScanResponse> caller = begin(bounded, new SortKeyWalk(scan()));
    caller.give(1);
    long barrier = applied.replica.nextOffset();
    proveNext(barrier);
    assertEquals(1, caller.taken.size());
    assertTrue(caller.taken.get(0).getContext().getAgeMs() <= 1_000);

    nanos += TimeUnit.MILLISECONDS.toNanos(1_001);
    caller.give(1);
    runBursts();
    assertEquals(1, caller.taken.size(), "the proof is too old");
    proveNext(barrier + 1);
    assertEquals(2, caller.taken.size());
    assertTrue(caller.taken.get(1).getContext().getAgeMs() <= 1_000);
  }

  /** The barrier that the stream waits for comes into the log at an offset, and is applied. */
  private void proveNext(long offset) {
    Awaitility.await().until(() -> !applied.wal.read(0, offset).isEmpty());
    applied.apply();
    Awaitility.await().until(() -> !bursts.isEmpty());
    runBursts();
  }

  @Test
  void aCancelledStreamReadsNoMore() {
    fill(40, 20_000);
    FakeCaller<ShardScanResponse> caller = begin(ANY, new SortKeyWalk(scan()));
    caller.give(1);
    runBursts();
    caller.cancel();
    caller.give(ENOUGH);
    runBursts();
    assertEquals(1, caller.taken.size());
    assertNull(caller.failure);
  }
}
