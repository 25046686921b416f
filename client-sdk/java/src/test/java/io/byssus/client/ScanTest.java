package io.byssus.client;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ErrorCode;
import io.byssus.proto.kv.v1.ScanRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ScanTest {
  private static final ReadOptions SESSION =
      ReadOptions.defaults().withConsistency(Consistency.SESSION);

  private FakeCluster cluster;
  private ByssusClient client;
  private Namespace places;

  @BeforeEach
  void start() throws Exception {
    cluster = new FakeCluster(2, 4);
    client =
        cluster
            .client()
            .retryPolicy(RetryPolicy.defaults().withInitialBackoff(Duration.ofMillis(2)))
            .build();
    places = client.namespace("places");
    for (String name : List.of("Aalst", "Amersfoort", "Amsterdam", "Amstelveen", "Breda", "Ede")) {
      places.put(Key.of("NL", name), "value of " + name);
    }
    places.put(Key.of("BE", "Amay"), "elsewhere");
  }

  @AfterEach
  void stop() {
    client.close();
    cluster.close();
  }

  private int sum(ToIntFunction<FakeDispatcher> count) {
    return cluster.dispatchers.stream().mapToInt(count).sum();
  }

  private List<ScanRequest> scans() {
    List<ScanRequest> scans = new ArrayList<>();
    cluster.dispatchers.forEach(dispatcher -> scans.addAll(dispatcher.scans));
    return scans;
  }

  private List<String> names(Scan scan) {
    return names(scan, ReadOptions.defaults());
  }

  private List<String> names(Scan scan, ReadOptions options) {
    try (ScanCursor cursor = places.scan(scan, options)) {
      return cursor.stream().map(record -> record.key().sortKeyUtf8()).toList();
    }
  }

  @Test
  void recordsComeInTheOrderOfTheirSortKeysOverAllPieces() {
    assertEquals(
        List.of("Aalst", "Amersfoort", "Amstelveen", "Amsterdam", "Breda", "Ede"),
        names(Scan.of("NL")));
    assertEquals(List.of(), names(Scan.of("DE")));
  }

  @Test
  void prefixRangeAndLimitSelect() {
    assertEquals(
        List.of("Amersfoort", "Amstelveen", "Amsterdam"), names(Scan.of("NL").prefix("Am")));
    assertEquals(List.of("Amsterdam", "Breda"), names(Scan.of("NL").range("Amsterdam", "Ede")));
    assertEquals(List.of("Breda", "Ede"), names(Scan.of("NL").range("B", "")));
    assertEquals(List.of("Aalst", "Amersfoort", "Amstelveen"), names(Scan.of("NL").limit(3)));
  }

  @Test
  void aRecordOfAScanIsWhole() {
    try (ScanCursor cursor = places.scan(Scan.of("NL"))) {
      StoredRecord record = cursor.next();
      assertEquals(Key.of("NL", "Aalst"), record.key());
      assertEquals("value of Aalst", record.valueUtf8());
      assertEquals(Duration.ofMillis(12), record.age());
      assertEquals(record.position(), client.session().position(record.shard()).orElseThrow());
    }
  }

  @Test
  void aScanGoesOnAfterABrokenStreamWithoutLossOrRepetition() {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      expected.add("place %03d".formatted(i));
      places.put(Key.of("DE", expected.get(i)), "value");
    }
    cluster.dispatchers.forEach(dispatcher -> dispatcher.piecesUntilBreak = 3);
    assertEquals(expected, names(Scan.of("DE")));
    assertEquals(expected.subList(0, 47), names(Scan.of("DE").limit(47)));
    assertTrue(scans().size() > 10);
  }

  @Test
  void aScanWhoseStreamEndsBeforeItsLastPieceGoesOnOrIsToldByName() {
    for (int pieces = 0; pieces < 3; pieces++) {
      int every = pieces;
      AtomicInteger streams = new AtomicInteger();
      cluster.dispatchers.forEach(
          d ->
              d.piecesUntilEnd =
                  () -> streams.getAndIncrement() % 3 == 0 ? Integer.MAX_VALUE : every);
      assertEquals(6, names(Scan.of("NL")).size());
      assertEquals(6, places.scanPage(Scan.of("NL")).records().size());
    }
    cluster.dispatchers.forEach(d -> d.piecesUntilEnd = () -> 0);
    ReadOptions brief = ReadOptions.defaults().withDeadline(Duration.ofMillis(200));
    for (Runnable read :
        List.<Runnable>of(
            () -> names(Scan.of("NL"), brief), () -> places.scanPage(Scan.of("NL"), brief))) {
      UnavailableException e = assertThrows(UnavailableException.class, read::run);
      assertEquals(ErrorCode.SHUTTING_DOWN, e.code());
    }
  }

  @Test
  void aScanThatMeetsRefusalsAtItsStartTriesAgain() {
    AtomicInteger left = new AtomicInteger(3);
    cluster.dispatchers.forEach(
        dispatcher ->
            dispatcher.readFaults =
                () -> left.getAndDecrement() > 0 ? ErrorCode.REPLICA_BEHIND : null);
    assertEquals(6, names(Scan.of("NL")).size());
  }

  @Test
  void aScanThatCannotGoOnFailsAtTheDeadlineAndIsClosed() {
    cluster.dispatchers.forEach(dispatcher -> dispatcher.readFaults = () -> ErrorCode.NO_REPLICA);
    try (ScanCursor cursor =
        places.scan(Scan.of("NL"), ReadOptions.defaults().withDeadline(Duration.ofMillis(300)))) {
      assertThrows(UnavailableException.class, cursor::hasNext);
      assertThrows(IllegalStateException.class, cursor::hasNext);
    }
  }

  @Test
  void anAnswerOfAnotherShardThanExpectedIsAskedForAgainAlsoWhereNothingIsFound() {
    List<Supplier<Integer>> reads =
        List.of(
            () -> names(Scan.of("NL"), SESSION).size(),
            () -> places.scanPage(Scan.of("NL"), SESSION).records().size(),
            () -> places.multiGet(List.of(Key.of("NL", "Ede")), SESSION).records().size());
    for (Supplier<Integer> read : reads) {
      cluster.namespaces.put("places", 7);
      await().until(() -> read.get() > 0);
      FakeShard known = shardOfPlaces();
      for (int id = 8; shardOfPlaces() == known; id++) {
        cluster.namespaces.put("places", id);
      }
      int resolved = sum(dispatcher -> dispatcher.resolves.get());
      assertEquals(0, read.get());
      assertEquals(resolved + 1, sum(dispatcher -> dispatcher.resolves.get()));
    }
  }

  private FakeShard shardOfPlaces() {
    return cluster.shard("places", Key.of("NL", "").partition());
  }

  @Test
  void aSlowReaderSlowsTheServer() {
    byte[] large = new byte[500_000];
    for (int i = 0; i < 60; i++) {
      places.put(Key.of("DE", "place %03d".formatted(i)), large);
    }
    cluster.dispatchers.forEach(dispatcher -> dispatcher.pieceRecords = 1);
    try (ScanCursor cursor = places.scan(Scan.of("DE"))) {
      for (int i = 0; i < 5; i++) {
        cursor.next();
      }
      AtomicInteger seen = new AtomicInteger();
      await()
          .during(Duration.ofMillis(400))
          .until(
              () -> seen.getAndSet(sum(d -> d.piecesSent.get())) == sum(d -> d.piecesSent.get()));
      // Five taken, two ahead, and what fits into the connection's windows: about a megabyte.
      int sent = sum(dispatcher -> dispatcher.piecesSent.get());
      assertTrue(sent >= 5 && sent <= 14, sent + " pieces were sent");
      int rest = 0;
      while (cursor.hasNext()) {
        cursor.next();
        rest++;
      }
      assertEquals(55, rest);
    }
    assertEquals(1, scans().size());
  }

  @Test
  void closingACursorEndsItsCall() {
    byte[] large = new byte[500_000];
    for (int i = 0; i < 30; i++) {
      places.put(Key.of("DE", "place %03d".formatted(i)), large);
    }
    ScanCursor cursor = places.scan(Scan.of("DE"));
    cursor.next();
    assertThrows(IllegalStateException.class, cursor::nextPage);
    cursor.close();
    cursor.close();
    await().until(() -> sum(dispatcher -> dispatcher.cancelledScans.get()) == 1);
  }

  @Test
  void closingACursorEndsTheWaitOfItsReader() throws Exception {
    cluster.dispatchers.forEach(
        dispatcher -> dispatcher.readFaults = () -> ErrorCode.REPLICA_BEHIND);
    ScanCursor cursor =
        places.scan(Scan.of("NL"), ReadOptions.defaults().withDeadline(Duration.ofSeconds(25)));
    Thread closing =
        new Thread(
            () -> {
              await().until(() -> scans().size() > 2);
              cursor.close();
            });
    closing.start();
    assertThrows(IllegalStateException.class, cursor::hasNext);
    closing.join();
  }

  @Test
  void aCursorKnowsWhereAnotherGoesOn() {
    Optional<PageToken> next;
    try (ScanCursor cursor = places.scan(Scan.of("NL").prefix("Am").limit(2))) {
      cursor.forEachRemaining(record -> {});
      assertFalse(cursor.hasNext());
      assertThrows(NoSuchElementException.class, cursor::next);
      next = cursor.nextPage();
    }
    PageToken handed = PageToken.parse(next.orElseThrow().toString());
    assertEquals(List.of("Amsterdam"), names(Scan.of("NL").prefix("Am").after(handed)));
  }

  @Test
  void pagesGoThroughAllRecords() {
    List<String> names = new ArrayList<>();
    Scan scan = Scan.of("NL").limit(4);
    ScanPage page = places.scanPage(scan);
    page.records().forEach(record -> names.add(record.key().sortKeyUtf8()));
    assertEquals(4, names.size());
    page = places.scanPageAsync(scan.after(page.nextPage().orElseThrow())).join();
    page.records().forEach(record -> names.add(record.key().sortKeyUtf8()));
    assertTrue(page.nextPage().isEmpty());
    assertEquals(List.of("Aalst", "Amersfoort", "Amstelveen", "Amsterdam", "Breda", "Ede"), names);
  }

  @Test
  void aPageGoesOnAfterABrokenStream() {
    for (int i = 0; i < 30; i++) {
      places.put(Key.of("DE", "place %03d".formatted(i)), "value");
    }
    cluster.dispatchers.forEach(dispatcher -> dispatcher.piecesUntilBreak = 3);
    assertEquals(30, places.scanPage(Scan.of("DE")).records().size());
  }

  @Test
  void aPageEndsAtFourMebibytes() {
    byte[] large = new byte[1_000_000];
    for (int i = 0; i < 12; i++) {
      places.put(Key.of("DE", "place %03d".formatted(i)), large);
    }
    ScanPage page = places.scanPage(Scan.of("DE"));
    assertEquals(6, page.records().size());
    ScanPage rest = places.scanPage(Scan.of("DE").after(page.nextPage().orElseThrow()));
    assertEquals(6, rest.records().size());
  }

  @Test
  void aScanInASessionNamesItsShardsPositionAndRaisesALossOnce() {
    int shard = places.put(Key.of("NL", "Zwolle"), "value").shard();
    long position = client.session().position(shard).orElseThrow().packed();
    try (ScanCursor cursor = places.scan(Scan.of("NL"), SESSION)) {
      cursor.next();
    }
    assertEquals(
        java.util.Map.of(shard, position), scans().get(0).getOptions().getSessionTokenMap());
    cluster.shards.get(shard).startIncarnation();
    try (ScanCursor cursor = places.scan(Scan.of("NL"), SESSION)) {
      assertEquals(shard, assertThrows(SessionLostException.class, cursor::hasNext).shard());
    }
    try (ScanCursor cursor = places.scan(Scan.of("NL"), SESSION)) {
      assertTrue(cursor.hasNext());
    }
    assertEquals(7, places.scanPage(Scan.of("NL"), SESSION).records().size());
  }

  @Test
  void closingTheClientClosesItsCursors() {
    ScanCursor cursor = places.scan(Scan.of("NL"));
    cursor.next();
    client.close();
    assertThrows(IllegalStateException.class, () -> cursor.forEachRemaining(record -> {}));
  }

  @Test
  void anEmptyPartitionKeyIsRefused() {
    assertThrows(InvalidRequestException.class, () -> places.scan(Scan.of("")));
    assertThrows(InvalidRequestException.class, () -> places.scanPage(Scan.of("")));
  }
}
