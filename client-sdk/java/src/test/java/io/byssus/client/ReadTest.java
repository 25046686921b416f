package io.byssus.client;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ErrorCode;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.MultiGetRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ReadTest {
  private static final Key AMSTERDAM = Key.of("NL", "Amsterdam");
  private static final Key GENT = Key.of("BE", "Gent");
  private static final ReadOptions SESSION =
      ReadOptions.defaults().withConsistency(Consistency.SESSION);

  private FakeCluster cluster;
  private ByssusClient client;
  private Namespace places;

  @BeforeEach
  void start() throws Exception {
    cluster = new FakeCluster(2, 8);
    client =
        cluster
            .client()
            .retryPolicy(RetryPolicy.defaults().withInitialBackoff(Duration.ofMillis(2)))
            .build();
    places = client.namespace("places");
  }

  @AfterEach
  void stop() {
    client.close();
    cluster.close();
  }

  private static ReadOptions within(long millis) {
    return ReadOptions.defaults().withDeadline(Duration.ofMillis(millis));
  }

  /** The next reads fail so, on whichever dispatcher. */
  private void readsFail(ErrorCode code, int times) {
    AtomicInteger left = new AtomicInteger(times);
    cluster.dispatchers.forEach(
        dispatcher -> dispatcher.readFaults = () -> left.getAndDecrement() > 0 ? code : null);
  }

  private List<GetRequest> gets() {
    List<GetRequest> gets = new ArrayList<>();
    cluster.dispatchers.forEach(dispatcher -> gets.addAll(dispatcher.gets));
    return gets;
  }

  private List<MultiGetRequest> multiGets() {
    List<MultiGetRequest> multiGets = new ArrayList<>();
    cluster.dispatchers.forEach(dispatcher -> multiGets.addAll(dispatcher.multiGets));
    return multiGets;
  }

  @Test
  void aRecordComesWithItsVersionAndWhatTheAnswerIsWorth() {
    WriteResult put = places.put(AMSTERDAM, "water");
    StoredRecord record = places.get(AMSTERDAM).orElseThrow();
    assertEquals(AMSTERDAM, record.key());
    assertEquals("water", record.valueUtf8());
    assertEquals(put.position().packed(), record.version());
    assertEquals(put.shard(), record.shard());
    assertEquals(put.position(), record.position());
    assertEquals(Duration.ofMillis(12), record.age());
    assertTrue(places.get(Key.of("NL", "Atlantis")).isEmpty());
  }

  @Test
  void anEventualReadNamesNoPositionAndNeedsNoResolving() {
    ReadOptions eventual = ReadOptions.defaults().withConsistency(Consistency.EVENTUAL);
    places.get(AMSTERDAM, eventual);
    places.get(GENT, eventual);
    assertTrue(gets().stream().allMatch(get -> get.getOptions().getSessionTokenMap().isEmpty()));
    assertEquals(0, cluster.dispatchers.stream().mapToInt(d -> d.resolves.get()).sum());
  }

  @Test
  void aSessionReadNamesTheHighestPositionOfItsShardOnly() {
    places.put(AMSTERDAM, "1");
    WriteResult last = places.put(AMSTERDAM, "2");
    WriteResult other = places.put(GENT, "1");
    assertFalse(last.shard() == other.shard(), "the test needs two shards");
    places.get(AMSTERDAM, SESSION);
    assertEquals(
        Map.of(last.shard(), last.position().packed()),
        gets().get(0).getOptions().getSessionTokenMap());
  }

  @Test
  void whatWasSeenCountsAsMuchAsWhatWasWritten() throws Exception {
    try (ByssusClient other = cluster.client().build()) {
      WriteResult put = other.namespace("places").put(AMSTERDAM, "water");
      places.get(AMSTERDAM);
      assertEquals(put.position(), client.session().position(put.shard()).orElseThrow());
    }
  }

  @Test
  void aSessionCanBeHandedToAnotherClient() {
    WriteResult put = places.put(AMSTERDAM, "water");
    Session handed = Session.parse(client.session().export());
    try (ByssusClient other = cluster.client().build()) {
      other.namespace("places").get(AMSTERDAM, SESSION.withSession(handed));
      assertTrue(other.session().position(put.shard()).isEmpty());
    }
    assertEquals(
        Map.of(put.shard(), put.position().packed()),
        gets().get(0).getOptions().getSessionTokenMap());
  }

  @Test
  void aLostSessionIsRaisedOnceAndReadsGoOnWithoutIt() {
    int shard = places.put(AMSTERDAM, "water").shard();
    places.put(GENT, "water");
    cluster.shards.get(shard).startIncarnation();
    SessionLostException e =
        assertThrows(SessionLostException.class, () -> places.get(AMSTERDAM, SESSION));
    assertEquals(shard, e.shard());
    assertEquals("water", places.get(AMSTERDAM, SESSION).orElseThrow().valueUtf8());
    assertEquals(2, client.session().position(shard).orElseThrow().incarnation());
    assertEquals("water", places.get(GENT, SESSION).orElseThrow().valueUtf8());
  }

  @Test
  void ofManyReadsUnderOneLostPositionOneRaisesIt() {
    int shard = places.put(AMSTERDAM, "water").shard();
    cluster.shards.get(shard).startIncarnation();
    List<CompletableFuture<?>> reads = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      reads.add(places.getAsync(AMSTERDAM, SESSION));
    }
    long raised = reads.stream().filter(ReadTest::fails).count();
    assertEquals(1, raised);
  }

  private static boolean fails(CompletableFuture<?> future) {
    try {
      future.join();
      return false;
    } catch (CompletionException e) {
      assertInstanceOf(SessionLostException.class, e.getCause());
      return true;
    }
  }

  @Test
  void aSessionReadFollowsANamespaceThatWasMadeAnew() {
    places.put(AMSTERDAM, "old");
    cluster.namespaces.put("places", 3_000_001);
    try (ByssusClient other = cluster.client().build()) {
      other.namespace("places").put(AMSTERDAM, "new");
    }
    assertEquals("new", places.get(AMSTERDAM, SESSION).orElseThrow().valueUtf8());
  }

  @Test
  void readsAreRepeatedOnReasonsThatRepeatingHelpsAgainst() {
    places.put(AMSTERDAM, "water");
    for (ErrorCode code :
        List.of(
            ErrorCode.NO_REPLICA,
            ErrorCode.REPLICA_BEHIND,
            ErrorCode.OVERLOADED,
            ErrorCode.SHUTTING_DOWN,
            ErrorCode.CLUSTER_NOT_READY)) {
      readsFail(code, 2);
      assertTrue(places.get(AMSTERDAM).isPresent(), code.name());
    }
  }

  @Test
  void readsFailByWhatTheCallerCanDo() {
    Map<ErrorCode, Class<? extends ByssusClientException>> expected =
        Map.of(
            ErrorCode.INVALID_REQUEST, InvalidRequestException.class,
            ErrorCode.NAMESPACE_NOT_FOUND, NamespaceNotFoundException.class,
            ErrorCode.NO_REPLICA, UnavailableException.class,
            ErrorCode.REPLICA_BEHIND, UnavailableException.class,
            ErrorCode.OVERLOADED, OverloadedException.class,
            ErrorCode.REPLICA_HALTED, RefusedException.class,
            ErrorCode.INTERNAL_FAULT, RefusedException.class,
            ErrorCode.CLUSTER_NOT_READY, RefusedException.class);
    // The first wait is longer than the deadline: one attempt each.
    RetryPolicy once = RetryPolicy.defaults().withMaxBackoff(Duration.ofMinutes(1));
    try (ByssusClient impatient =
        cluster.client().retryPolicy(once.withInitialBackoff(Duration.ofMinutes(1))).build()) {
      Namespace namespace = impatient.namespace("places");
      expected.forEach(
          (code, type) -> {
            readsFail(code, Integer.MAX_VALUE);
            ByssusClientException e =
                assertThrows(type, () -> namespace.get(AMSTERDAM, within(10_000)), code.name());
            assertEquals(code, e.code());
          });
    }
  }

  @Test
  void whereNoDispatcherCanBeReachedAReadIsUnavailable() {
    cluster.close();
    assertThrows(UnavailableException.class, () -> places.get(AMSTERDAM, within(500)));
    assertThrows(UnavailableException.class, () -> places.get(AMSTERDAM, within(500)));
  }

  @Test
  void aReadThatIsNotAnsweredEndsAtItsDeadline() {
    for (int i = 0; i < 2; i++) {
      places.get(AMSTERDAM); // connects
    }
    AtomicInteger reads = new AtomicInteger();
    cluster.dispatchers.forEach(
        dispatcher ->
            dispatcher.readFaults =
                () -> {
                  reads.incrementAndGet();
                  java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
                  return null;
                });
    assertThrows(DeadlineExceededException.class, () -> places.get(AMSTERDAM, within(400)));
    assertEquals(1, reads.get());
  }

  @Test
  void aCancelledReadIsNotRepeated() {
    readsFail(ErrorCode.REPLICA_BEHIND, Integer.MAX_VALUE);
    CompletableFuture<?> read = places.getAsync(AMSTERDAM, within(20_000));
    await().until(() -> gets().size() > 2);
    read.cancel(false);
    AtomicInteger seen = new AtomicInteger();
    await()
        .during(Duration.ofMillis(400))
        .until(() -> seen.getAndSet(gets().size()) == gets().size());
  }

  @Test
  void closingTheClientEndsItsReads() {
    readsFail(ErrorCode.REPLICA_BEHIND, Integer.MAX_VALUE);
    CompletableFuture<?> get = places.getAsync(AMSTERDAM, within(20_000));
    CompletableFuture<?> multiGet = places.multiGetAsync(List.of(AMSTERDAM), within(20_000));
    CompletableFuture<?> page = places.scanPageAsync(Scan.of("NL"), within(20_000));
    await().until(() -> gets().size() > 1);
    client.close();
    for (CompletableFuture<?> read : List.of(get, multiGet, page)) {
      CompletionException e = assertThrows(CompletionException.class, read::join);
      assertEquals(
          ErrorCode.SHUTTING_DOWN,
          assertInstanceOf(UnavailableException.class, e.getCause()).code());
    }
  }

  @Test
  void aMultiGetOfAnySizeAnswersInTheOrderAsked() {
    List<Key> keys = new ArrayList<>();
    for (int i = 0; i < 2_500; i++) {
      Key key = Key.of("country " + i % 40, "place " + i);
      keys.add(key);
      if (i % 3 == 0) {
        places.putAsync(key, "value " + i).join();
      }
    }
    keys.add(keys.get(0));
    MultiGetResult result = places.multiGet(keys);
    assertEquals(keys, result.results().stream().map(MultiGetResult.KeyResult::key).toList());
    for (int i = 0; i < 2_500; i++) {
      assertEquals(
          i % 3 == 0 ? "value " + i : null,
          result.results().get(i).record().map(StoredRecord::valueUtf8).orElse(null));
    }
    assertEquals(834, result.records().size());
    assertEquals(
        List.of(501, 1_000, 1_000),
        multiGets().stream().map(MultiGetRequest::getKeysCount).sorted().toList());
  }

  @Test
  void keysThatWereLeftOverAreAskedForAgain() {
    List<Key> keys = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      keys.add(Key.of("country " + i));
      places.put(keys.get(i), "value " + i);
    }
    cluster.dispatchers.forEach(dispatcher -> dispatcher.multiGetKeys = 20);
    assertEquals(50, places.multiGet(keys).records().size());
    assertEquals(3, multiGets().size());
  }

  @Test
  void aKeyThatCannotBeReadDoesNotSpoilTheOthers() {
    places.put(AMSTERDAM, "water");
    cluster.dispatchers.forEach(
        dispatcher -> dispatcher.keyFaults = key -> key.equals(GENT) ? ErrorCode.NO_REPLICA : null);
    MultiGetResult result = places.multiGet(List.of(GENT, AMSTERDAM), within(700));
    assertEquals(
        "water", result.results().get(1).record().map(StoredRecord::valueUtf8).orElseThrow());
    assertInstanceOf(UnavailableException.class, result.failures().get(GENT));
    assertThrows(UnavailableException.class, result::records);
    assertTrue(multiGets().size() > 1);
  }

  @Test
  void aMultiGetInASessionNamesThePositionsOfItsShardsAndRaisesALossOnce() {
    int shard = places.put(AMSTERDAM, "water").shard();
    WriteResult gent = places.put(GENT, "water");
    cluster.shards.get(shard).startIncarnation();
    List<Key> keys = List.of(AMSTERDAM, GENT, Key.of("NL", "Delft"));
    MultiGetResult first = places.multiGet(keys, SESSION);
    assertEquals(2, first.failures().size());
    assertInstanceOf(SessionLostException.class, first.failures().get(AMSTERDAM));
    assertEquals(
        gent.position().packed(),
        multiGets().get(0).getOptions().getSessionTokenMap().get(gent.shard()));
    assertEquals(2, multiGets().get(0).getOptions().getSessionTokenMap().size());
    assertTrue(places.multiGet(keys, SESSION).failures().isEmpty());
  }

  @Test
  void anEmptyMultiGetAsksNothing() {
    assertEquals(List.of(), places.multiGet(List.of()).results());
    assertEquals(List.of(), multiGets());
  }
}
