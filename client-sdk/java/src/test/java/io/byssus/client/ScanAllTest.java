package io.byssus.client;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ErrorCode;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ScanAllTest extends WriteScenario {
  private static final int RECORDS = 200;

  @BeforeEach
  void fill() {
    try (StreamedWriter writer = places.writer()) {
      for (int i = 0; i < RECORDS; i++) {
        writer.put(Key.of("partition " + i % 20, "" + i), "" + i);
      }
    }
  }

  private Set<Key> read(ScanAll settings) {
    Set<Key> keys = new HashSet<>();
    try (ScanAllCursor all = places.scanAll(settings)) {
      for (StoredRecord record : all) {
        assertTrue(keys.add(record.key()), record.key() + " twice");
        assertEquals(record.key().sortKeyUtf8(), record.valueUtf8());
      }
      assertEquals(new ScanAllProgress(RECORDS, 4, 4), all.progress());
    }
    return keys;
  }

  @Test
  void everyRecordComesOnceHoweverManyShardsAreReadAtATime() {
    for (int parallelism : new int[] {1, 3, 64}) {
      assertEquals(RECORDS, read(new ScanAll(parallelism)).size());
    }
  }

  @Test
  void aShardGoesOnAfterItsLastRecordWhenItsStreamBreaks() {
    cluster.dispatchers.forEach(d -> d.piecesUntilBreak = 3);
    assertEquals(RECORDS, read(ScanAll.defaults()).size());
    assertTrue(cluster.dispatchers.stream().mapToInt(d -> d.shardScans.size()).sum() > 8);
  }

  @Test
  void aStreamThatEndsBeforeItsLastPieceIsOpenedAnewAfterTheLastRecord() {
    for (int pieces = 0; pieces < 3; pieces++) {
      int every = pieces;
      AtomicInteger streams = new AtomicInteger();
      cluster.dispatchers.forEach(
          d ->
              d.piecesUntilEnd =
                  () -> streams.getAndIncrement() % 3 == 0 ? Integer.MAX_VALUE : every);
      assertEquals(RECORDS, read(ScanAll.defaults()).size());
    }
  }

  @Test
  void aShardWhoseStreamsBringNothingIsToldByNameAndNotTakenForEmpty() {
    cluster.dispatchers.forEach(d -> d.piecesUntilEnd = () -> 0);
    ReadOptions brief = ReadOptions.defaults().withDeadline(Duration.ofMillis(300));
    try (ScanAllCursor all = places.scanAll(ScanAll.defaults(), brief)) {
      UnavailableException e = assertThrows(UnavailableException.class, all::hasNext);
      assertEquals(ErrorCode.SHUTTING_DOWN, e.code());
    }
    int streams = cluster.dispatchers.stream().mapToInt(d -> d.shardScans.size()).sum();
    assertTrue(streams >= 8 && streams <= 80, streams + " streams of 4 shards in 300 ms");
  }

  @Test
  void aSlowReaderHoldsTheServersBack() {
    byte[] large = new byte[200_000];
    for (int i = 0; i < 80; i++) {
      places.put(Key.of("large " + i, ""), large);
    }
    try (ScanAllCursor all = places.scanAll(new ScanAll(2))) {
      while (all.next().valueBytes() < large.length) {
        // Small records fit into gRPC's own buffers.
      }
      int sent = piecesSent();
      await().during(Duration.ofMillis(150)).until(() -> piecesSent() <= sent + 12);
      assertFalse(all.progress().shardsDone() > 2);
    }
    await().until(() -> cluster.dispatchers.stream().anyMatch(d -> d.cancelledScans.get() > 0));
  }

  private int piecesSent() {
    return cluster.dispatchers.stream().mapToInt(d -> d.piecesSent.get()).sum();
  }

  @Test
  void whatRepeatingCannotHelpIsThrownAndEndsTheCursor() {
    cluster.dispatchers.forEach(d -> d.readFaults = () -> ErrorCode.INVALID_REQUEST);
    ScanAllCursor all = places.scanAll(ScanAll.defaults());
    assertThrows(InvalidRequestException.class, all::hasNext);
    assertThrows(IllegalStateException.class, all::hasNext);
  }

  @Test
  void aFaultThatLastsIsToldAtTheDeadlineOfTheWait() {
    cluster.dispatchers.forEach(d -> d.readFaults = () -> ErrorCode.NO_REPLICA);
    ReadOptions brief = ReadOptions.defaults().withDeadline(Duration.ofMillis(300));
    try (ScanAllCursor all = places.scanAll(ScanAll.defaults(), brief)) {
      UnavailableException e = assertThrows(UnavailableException.class, all::hasNext);
      assertEquals(ErrorCode.NO_REPLICA, e.code());
    }
  }

  @Test
  void aFaultThatPassesIsNotSeen() {
    AtomicInteger left = new AtomicInteger(6);
    cluster.dispatchers.forEach(
        d -> d.readFaults = () -> left.getAndDecrement() > 0 ? ErrorCode.NO_REPLICA : null);
    assertEquals(RECORDS, read(ScanAll.defaults()).size());
  }

  @Test
  void anUnknownNamespaceIsTold() {
    try (ScanAllCursor all = client.namespace("unknown").scanAll(ScanAll.defaults())) {
      assertThrows(NamespaceNotFoundException.class, all::hasNext);
    }
  }
}
