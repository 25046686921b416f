package io.byssus.client;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ErrorCode;
import io.byssus.model.FieldProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class WriteTest {
  private static final RetryPolicy QUICK =
      RetryPolicy.defaults()
          .withInitialBackoff(Duration.ofMillis(2))
          .withAttemptTimeout(Duration.ofSeconds(1));
  private static final RetryPolicy PATIENT = QUICK.withAttemptTimeout(Duration.ofSeconds(25));
  private static final Key AMSTERDAM = Key.of("NL", "Amsterdam");

  private FakeCluster cluster;
  private ByssusClient client;
  private Namespace places;

  @BeforeEach
  void start() throws Exception {
    cluster = new FakeCluster(2, 4);
    use(cluster.client().retryPolicy(QUICK));
  }

  private void use(ByssusClientBuilder builder) {
    if (client != null) {
      client.close();
    }
    client = builder.closeTimeout(Duration.ofMillis(100)).build();
    places = client.namespace("places");
  }

  @AfterEach
  void stop() {
    client.close();
    cluster.close();
  }

  private void faultsInTurn(Fault... faults) {
    Queue<Fault> queue = new ConcurrentLinkedQueue<>(List.of(faults));
    cluster.faults =
        arrival -> {
          Fault fault = queue.poll();
          return fault == null ? Fault.NONE : fault;
        };
  }

  private static <E extends Throwable> E failure(Class<E> type, CompletableFuture<?> future) {
    return assertInstanceOf(type, assertThrows(CompletionException.class, future::join).getCause());
  }

  private static WriteOptions within(long millis) {
    return WriteOptions.defaults().withDeadline(Duration.ofMillis(millis));
  }

  @Test
  void whatIsPutIsThereAndWhatIsDeletedIsGone() {
    WriteResult put = places.put(AMSTERDAM, "water");
    assertEquals("water", cluster.text(AMSTERDAM));
    assertEquals(put.shard(), cluster.shard("places", AMSTERDAM.partition()).number());
    assertTrue(put.version().isEmpty());
    places.delete(AMSTERDAM);
    assertNull(cluster.text(AMSTERDAM));
  }

  @Test
  void anAppliedWriteTellsItsVersion() {
    WriteResult result =
        places.put(
            AMSTERDAM,
            new byte[] {1},
            WriteOptions.defaults().withAcknowledgement(Acknowledgement.APPLIED));
    assertEquals(result.position().packed(), result.version().orElseThrow());
  }

  @Test
  void aBatchChangesItsRecordsTogether() {
    places.put(Key.of("NL", "Gouda"), "old");
    places.write(
        WriteBatch.of("NL").put("Delft", "new").put("Edam", "new").delete("Gouda").build());
    assertEquals("new", cluster.text(Key.of("NL", "Delft")));
    assertEquals("new", cluster.text(Key.of("NL", "Edam")));
    assertNull(cluster.text(Key.of("NL", "Gouda")));
    assertEquals(2, cluster.arrivals.size());
  }

  @Test
  void everyRetryCarriesTheSameStampAndRequestIdAndGoesToAnotherDispatcher() {
    faultsInTurn(
        new Fault.Refuse(ErrorCode.LOG_UNAVAILABLE),
        new Fault.Refuse(ErrorCode.OVERLOADED),
        new Fault.Break(true),
        new Fault.Break(false),
        new Fault.Stick(),
        new Fault.Refuse(ErrorCode.SHARD_LAGGING));
    places.put(AMSTERDAM, "water");
    assertEquals(7, cluster.arrivals.size());
    assertEquals(1, cluster.arrivals.stream().map(Arrival::options).distinct().count());
    assertEquals(1, cluster.arrivals.stream().map(Arrival::requestId).distinct().count());
    for (int i = 1; i < 7; i++) {
      assertNotEquals(
          cluster.arrivals.get(i - 1).dispatcher(), cluster.arrivals.get(i).dispatcher());
    }
    cluster.releaseStuck();
    assertEquals(1, cluster.history(AMSTERDAM).size());
  }

  @Test
  void aDispatcherThatDoesNotAnswerIsLeftForAnother() {
    faultsInTurn(new Fault.Swallow());
    places.put(AMSTERDAM, "water");
    assertEquals(2, cluster.arrivals.size());
    assertEquals(1, cluster.history(AMSTERDAM).size());
  }

  @Test
  void aWriteThatWasAlwaysRefusedAtTheDoorIsCertainlyNotWritten() {
    use(cluster.client().retryPolicy(PATIENT));
    cluster.faults = arrival -> new Fault.Refuse(ErrorCode.LOG_UNAVAILABLE);
    NotWrittenException e =
        assertThrows(
            NotWrittenException.class, () -> places.put(AMSTERDAM, new byte[1], within(3_000)));
    assertEquals(ErrorCode.LOG_UNAVAILABLE, e.code());
    assertTrue(cluster.arrivals.size() > 1);
    assertTrue(e.getMessage().contains(cluster.arrivals.get(0).requestId()), e.getMessage());
    assertEquals(WriteTest.class.getName(), callerClass(e));
  }

  private static String callerClass(Throwable e) {
    for (StackTraceElement element : e.getStackTrace()) {
      if (element.getClassName().equals(WriteTest.class.getName())) {
        return element.getClassName();
      }
    }
    return null;
  }

  @Test
  void aWriteOfWhichOneCopyWasHandedOverIsIndeterminateWhateverCameAfter() {
    Queue<Fault> first = new ConcurrentLinkedQueue<>(List.of(new Fault.Stick()));
    cluster.faults =
        arrival -> {
          Fault fault = first.poll();
          return fault == null ? new Fault.Refuse(ErrorCode.LOG_UNAVAILABLE) : fault;
        };
    assertThrows(
        IndeterminateException.class, () -> places.put(AMSTERDAM, new byte[1], within(3_000)));
    assertTrue(cluster.arrivals.size() > 1);
  }

  @Test
  void aWriteWithoutAnyAnswerIsIndeterminate() {
    cluster.faults = arrival -> new Fault.StickSilently();
    assertThrows(
        IndeterminateException.class, () -> places.put(AMSTERDAM, new byte[1], within(1_500)));
  }

  @Test
  void whereNoDispatcherCanBeReachedAWriteIsCertainlyNotWritten() {
    places.put(AMSTERDAM, "water");
    cluster.close();
    // This one may still have found the old connection.
    assertThrows(
        ByssusClientException.class, () -> places.put(AMSTERDAM, new byte[1], within(500)));
    NotWrittenException e =
        assertThrows(
            NotWrittenException.class, () -> places.put(AMSTERDAM, new byte[1], within(500)));
    assertEquals(ErrorCode.LOG_UNAVAILABLE, e.code());
  }

  @Test
  void whereTheNamespaceCannotBeResolvedAWriteIsCertainlyNotWritten() throws Exception {
    ByssusClientBuilder nowhere = cluster.client().retryPolicy(QUICK);
    cluster.close();
    use(nowhere);
    assertThrows(NotWrittenException.class, () -> places.put(AMSTERDAM, new byte[1], within(300)));
  }

  @Test
  void oneDispatcherGoneIsNotNoticed() {
    cluster.dispatchers.get(0).close();
    for (int i = 0; i < 20; i++) {
      places.put(Key.of("NL", "place " + i), "value");
    }
    assertEquals(20, cluster.arrivals.size());
  }

  @Test
  void dispatchersThatComeBackAreFoundWithoutDelay() throws Exception {
    cluster.close();
    // Long enough for gRPC, left to itself, to look again only every few seconds.
    assertThrows(
        NotWrittenException.class, () -> places.put(AMSTERDAM, new byte[1], within(8_000)));
    cluster.restartDispatchers();
    long start = System.nanoTime();
    places.put(AMSTERDAM, "water");
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertTrue(millis < 1_500, "it took " + millis + " ms");
  }

  @Test
  void whatCannotBeSentIsRefusedWithTheFieldAndTheLimit() {
    assertProblem(
        "key.partition_key",
        "is empty; it must have 1 byte or more",
        () -> places.put(Key.of("", "a"), "x"));
    assertProblem(
        "key",
        "is 4097 bytes of partition key and sort key; the limit is 4096",
        () -> places.delete(Key.of("p", "s".repeat(4_096))));
    assertProblem(
        "value",
        "is 1048577 bytes; the limit is 1048576",
        () -> places.put(AMSTERDAM, new byte[1_048_577]));
    assertProblem(
        "operations[1].sort_key",
        "stands twice in the batch",
        () -> places.write(WriteBatch.of("NL").put("a", "x").delete("a").build()));
    assertProblem(
        "operations",
        "has 0; the limits are 1 and 1000",
        () -> places.write(WriteBatch.of("NL").build()));
    failure(InvalidRequestException.class, places.putAsync(Key.of("", "a"), "x"));
    assertEquals(List.of(), cluster.arrivals);
  }

  private static void assertProblem(String field, String problem, Runnable call) {
    InvalidRequestException e = assertThrows(InvalidRequestException.class, call::run);
    assertEquals(List.of(new FieldProblem(field, problem)), e.problems());
  }

  @Test
  void theLargestAllowedWritesPass() {
    use(cluster.client().retryPolicy(PATIENT));
    places.put(Key.of("p", "s".repeat(4_095)), new byte[1_048_576]);
    WriteBatch.Builder batch = WriteBatch.of("p");
    for (int i = 0; i < 1_000; i++) {
      batch.put("key " + i, new byte[4_000]);
    }
    places.write(batch.build());
    assertEquals(1_001, cluster.shards.stream().mapToInt(s -> s.records().size()).sum());
  }

  @Test
  void anUnknownNamespaceIsToldAtOnceAndFoundOnceItExists() {
    Namespace unknown = client.namespace("unknown");
    assertThrows(NamespaceNotFoundException.class, () -> unknown.put(AMSTERDAM, "water"));
    cluster.namespaces.put("unknown", 8);
    unknown.put(AMSTERDAM, "water");
  }

  @Test
  void aNamespaceThatWasMadeAnewIsResolvedAnewAndTheWriteGetsAnotherStamp() {
    places.put(AMSTERDAM, "old");
    cluster.namespaces.put("places", 3_000_000);
    places.put(AMSTERDAM, "new");
    assertEquals("new", cluster.text(AMSTERDAM));
    Arrival last = cluster.arrivals.get(cluster.arrivals.size() - 1);
    assertEquals(3_000_000, last.options().getNamespaceId());
  }

  @Test
  void aWriteOfWhichACopyMayBeInTheOldNamespaceIsNotSentToTheNewOne() {
    places.put(Key.of("NL", "Gouda"), "old");
    cluster.faults =
        arrival -> {
          cluster.namespaces.put("places", 3_000_000);
          cluster.faults = next -> Fault.NONE;
          return new Fault.Break(false);
        };
    assertThrows(IndeterminateException.class, () -> places.put(AMSTERDAM, "new"));
    places.put(AMSTERDAM, "newer");
    assertEquals("newer", cluster.text(AMSTERDAM));
  }

  @Test
  void theClientsOwnClockPlaysNoPartAndAJumpOfTheDispatchersIsFollowed() {
    places.put(AMSTERDAM, "1");
    cluster.clockOffsetMillis += 60 * FakeCluster.MINUTE_MILLIS;
    places.put(AMSTERDAM, "2");
    assertEquals("2", cluster.text(AMSTERDAM));
    assertEquals(3, cluster.arrivals.size());
    assertEquals(2, cluster.dispatchers.stream().mapToInt(d -> d.resolves.get()).sum());
  }

  @Test
  void writesOfOneRecordGoOutOneAfterTheOtherAndOthersBesideThem() {
    cluster.faults =
        arrival -> arrival.text().equals("first") ? new Fault.StickSilently() : Fault.NONE;
    use(cluster.client().retryPolicy(PATIENT));
    CompletableFuture<WriteResult> first = places.putAsync(AMSTERDAM, "first");
    await().until(() -> cluster.arrivals.size() == 1);
    CompletableFuture<WriteResult> batch =
        places.writeAsync(
            WriteBatch.of("NL").put("Amsterdam", "second").put("Delft", "second").build());
    CompletableFuture<WriteResult> behindBatch = places.putAsync(Key.of("NL", "Delft"), "third");
    places.putAsync(Key.of("NL", "Edam"), "beside").join();
    places.putAsync(Key.of("BE", "Gent"), "beside").join();
    assertEquals(List.of(), cluster.arrivalsOf("second").toList());
    assertEquals(List.of(), cluster.arrivalsOf("third").toList());
    assertFalse(first.isDone() || batch.isDone() || behindBatch.isDone());
  }

  @Test
  void aNewWriteOfARecordWaitsUntilItsFloorLiesAboveTheOneThatWasGivenUp() {
    // Sequence 1 stays open; sequence 2, of another record, is given up.
    use(cluster.client().retryPolicy(PATIENT));
    cluster.faults =
        arrival ->
            switch (arrival.text()) {
              case "long" -> new Fault.Delay();
              case "old" -> new Fault.StickSilently();
              default -> Fault.NONE;
            };
    CompletableFuture<WriteResult> longOpen =
        places.putAsync(Key.of("NL", "Delft"), "long".getBytes(), within(25_000));
    await().until(() -> cluster.arrivals.size() == 1);
    failure(
        IndeterminateException.class, places.putAsync(AMSTERDAM, "old".getBytes(), within(1_500)));

    NotWrittenException tooSoon =
        failure(
            NotWrittenException.class, places.putAsync(AMSTERDAM, "never".getBytes(), within(200)));
    assertEquals(ErrorCode.DEADLINE_PASSED, tooSoon.code());
    CompletableFuture<WriteResult> waiting = places.putAsync(AMSTERDAM, "new");
    places.put(Key.of("NL", "Edam"), "another record");
    assertFalse(longOpen.isDone() || waiting.isDone());

    cluster.stuck.remove(0).run();
    longOpen.join();
    waiting.join();
    Arrival fresh = cluster.arrivalsOf("new").findFirst().orElseThrow();
    assertTrue(fresh.stamp().getLowestOpen() > 2);
    assertEquals(List.of(), cluster.arrivalsOf("never").toList());

    cluster.releaseStuck();
    assertEquals("new", cluster.text(AMSTERDAM));
  }

  @Test
  void withoutTheShardsFloorTheOldCopyWouldUndoTheNewWrite() {
    // Shows that the test above can fail: the copy is there, and only the floor stops it.
    cluster.shards.forEach(FakeShard::ignoreFloors);
    cluster.faults = arrival -> arrival.text().equals("new") ? Fault.NONE : new Fault.Stick();
    failure(
        IndeterminateException.class, places.putAsync(AMSTERDAM, "old".getBytes(), within(1_500)));
    places.put(AMSTERDAM, "new");
    cluster.releaseStuck();
    assertEquals("old", cluster.text(AMSTERDAM));
  }

  @Test
  void aFullWindowHoldsWritesBackUntilItsLowestIsAnswered() {
    use(cluster.client().retryPolicy(PATIENT).maxOpenWrites(2_000, Long.MAX_VALUE));
    cluster.faults = arrival -> arrival.text().equals("0") ? new Fault.Delay() : Fault.NONE;
    // Once the namespace is known, stamps are given in the order of the calls.
    places.put(Key.of("NL", "known"), "first");
    List<CompletableFuture<WriteResult>> writes = new ArrayList<>();
    for (int i = 0; i < 1_100; i++) {
      writes.add(
          places.putAsync(
              Key.of("NL", "place " + i), Integer.toString(i).getBytes(), within(25_000)));
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> writes.stream().filter(CompletableFuture::isDone).count() == 1_023);
    assertEquals(1 + 1_024, cluster.arrivals.size());
    cluster.releaseStuck();
    writes.forEach(CompletableFuture::join);
    assertTrue(
        cluster.arrivals.stream()
            .allMatch(a -> a.stamp().getSequence() - a.stamp().getLowestOpen() < 1_024));
  }

  @Test
  void beyondTheBoundOnOpenWritesAsyncFailsAndBlockingWaits() throws Exception {
    use(cluster.client().retryPolicy(PATIENT).maxOpenWrites(2, Long.MAX_VALUE));
    cluster.faults =
        arrival -> arrival.text().startsWith("stuck") ? new Fault.StickSilently() : Fault.NONE;
    CompletableFuture<WriteResult> stuck =
        places.putAsync(Key.of("a"), "stuck".getBytes(), within(2_000));
    places.putAsync(Key.of("b"), "stuck too".getBytes(), within(20_000));
    NotWrittenException full =
        failure(NotWrittenException.class, places.putAsync(Key.of("c"), "async"));
    assertEquals(ErrorCode.OVERLOADED, full.code());
    NotWrittenException waited =
        assertThrows(
            NotWrittenException.class,
            () -> places.put(Key.of("c"), "too soon".getBytes(), within(100)));
    assertEquals(ErrorCode.OVERLOADED, waited.code());
    places.put(Key.of("c"), "blocking");
    failure(IndeterminateException.class, stuck);
  }

  @Test
  void aCancelledFutureDoesNotStopTheWrite() {
    faultsInTurn(new Fault.Refuse(ErrorCode.LOG_UNAVAILABLE));
    CompletableFuture<WriteResult> write = places.putAsync(AMSTERDAM, "water");
    write.cancel(true);
    await().until(() -> "water".equals(cluster.text(AMSTERDAM)));
  }

  @Test
  void aThreadThatIsInterruptedLearnsThatTheWriteMayBeWritten() throws Exception {
    faultsInTurn(new Fault.Swallow());
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Thread writer =
        new Thread(
            () -> {
              try {
                places.put(AMSTERDAM, "water");
                thrown.complete(null);
              } catch (ByssusClientException e) {
                thrown.complete(Thread.currentThread().isInterrupted() ? e : null);
              }
            });
    writer.start();
    await().until(() -> cluster.arrivals.size() == 1);
    writer.interrupt();
    assertInstanceOf(IndeterminateException.class, thrown.get(5, TimeUnit.SECONDS));
    await().until(() -> cluster.arrivals.size() == 2);
  }

  @Test
  void closingWaitsForOpenWritesAndTellsTheTruthAboutThoseItEnds() {
    cluster.faults =
        arrival -> arrival.text().equals("stuck") ? new Fault.StickSilently() : Fault.NONE;
    CompletableFuture<WriteResult> stuck = places.putAsync(AMSTERDAM, "stuck");
    CompletableFuture<WriteResult> behind = places.putAsync(AMSTERDAM, "behind");
    CompletableFuture<WriteResult> written = places.putAsync(Key.of("BE", "Gent"), "written");
    await().until(() -> cluster.arrivalsOf("stuck").findAny().isPresent());
    client.close();
    written.join();
    failure(IndeterminateException.class, stuck);
    assertEquals(ErrorCode.SHUTTING_DOWN, failure(NotWrittenException.class, behind).code());
    assertThrows(IllegalStateException.class, () -> places.put(AMSTERDAM, "late"));
    client.close();
  }

  @Test
  void theUsersRequestIdGoesWithTheCall() {
    use(cluster.client().requestIds(() -> "trace-17"));
    places.put(AMSTERDAM, "water");
    assertEquals("trace-17", cluster.arrivals.get(0).requestId());
    use(cluster.client().requestIds(() -> "not\nprintable"));
    assertThrows(IllegalArgumentException.class, () -> places.put(AMSTERDAM, "water"));
  }

  @Test
  void manyWritesOfOneRecordThatFailTogetherDoNotNest() {
    cluster.faults = arrival -> new Fault.StickSilently();
    use(cluster.client().maxOpenWrites(20_000, Long.MAX_VALUE));
    List<CompletableFuture<WriteResult>> writes = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      writes.add(places.putAsync(AMSTERDAM, "value"));
    }
    client.close();
    for (CompletableFuture<WriteResult> write : writes) {
      failure(ByssusClientException.class, write);
    }
  }
}
