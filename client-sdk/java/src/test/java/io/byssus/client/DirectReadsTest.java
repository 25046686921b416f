package io.byssus.client;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ErrorCode;
import io.byssus.proto.admin.v1.ReadDefaults;
import io.byssus.proto.internal.v1.ShardView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class DirectReadsTest {
  private static final ReadOptions SESSION =
      ReadOptions.defaults().withConsistency(Consistency.SESSION);

  private FakeCluster cluster;
  private ByssusClient client;
  private Namespace places;

  @BeforeEach
  void start() throws Exception {
    cluster = new FakeCluster(2, 4);
    cluster.servers.add(new FakeServer(cluster, "server-1"));
    cluster.servers.add(new FakeServer(cluster, "server-2"));
  }

  @AfterEach
  void stop() {
    client.close();
    cluster.close();
  }

  /** A client that has learnt of the servers, and some records. */
  private void connect() {
    client = cluster.client().directReads(true).retryPolicy(WriteScenario.QUICK).build();
    places = client.namespace("places");
    for (int i = 0; i < 12; i++) {
      places.put(Key.of("NL", "" + (char) ('a' + i)), "" + i);
    }
    await().until(() -> places.get(Key.of("NL", "a")).isPresent() && serverReads() > 0);
    cluster.servers.forEach(server -> server.reads.clear());
    cluster.dispatchers.forEach(dispatcher -> dispatcher.gets.clear());
  }

  private int serverReads() {
    return cluster.servers.stream().mapToInt(server -> server.reads.size()).sum();
  }

  private int dispatcherGets() {
    return cluster.dispatchers.stream().mapToInt(dispatcher -> dispatcher.gets.size()).sum();
  }

  private void serversFailWith(ErrorCode code) {
    cluster.servers.forEach(server -> server.faults = () -> code);
  }

  private List<String> scanned(Scan scan) {
    List<String> values = new ArrayList<>();
    try (ScanCursor cursor = places.scan(scan, SESSION)) {
      cursor.forEachRemaining(record -> values.add(record.key().sortKeyUtf8()));
    }
    return values;
  }

  @Test
  void everyKindOfReadGoesToServersAndNoneToADispatcher() {
    connect();
    assertEquals("1", places.get(Key.of("NL", "b")).orElseThrow().valueUtf8());
    assertEquals(
        2,
        places
            .multiGet(List.of(Key.of("NL", "a"), Key.of("NL", "c"), Key.of("BE", "x")))
            .records()
            .size());
    assertEquals(12, scanned(Scan.of("NL")).size());
    assertEquals(List.of("l", "k", "j"), scanned(Scan.of("NL").reverse().limit(3)));
    VersionPage page = places.versions(Key.of("NL", "a"), VersionQuery.all().limit(5));
    assertEquals(5, page.versions().get(4).version());
    VersionPage next =
        places.versions(
            Key.of("NL", "a"), VersionQuery.all().limit(5).after(page.nextPage().orElseThrow()));
    assertEquals(4, next.versions().get(0).version());
    assertTrue(next.nextPage().isEmpty());
    Set<Key> all = new HashSet<>();
    try (ScanAllCursor cursor = places.scanAll(ScanAll.defaults())) {
      cursor.forEachRemaining(record -> assertTrue(all.add(record.key())));
    }
    assertEquals(12, all.size());
    assertEquals(0, dispatcherGets());
    for (FakeDispatcher dispatcher : cluster.dispatchers) {
      assertEquals(0, dispatcher.scans.size() + dispatcher.shardScans.size());
      assertEquals(0, dispatcher.multiGets.size() + dispatcher.versionLists.size());
    }
  }

  @Test
  void aReadCarriesItsLevelItsTokenAndItsNamespacesDefault() {
    cluster.readDefaults =
        ReadDefaults.newBuilder()
            .setConsistency(io.byssus.proto.kv.v1.Consistency.BOUNDED)
            .setMaxStalenessMs(700)
            .build();
    connect();
    places.get(Key.of("NL", "a"));
    assertEquals(700, lastView().getMaxStalenessMs());
    WriteResult put = places.put(Key.of("NL", "a"), "new");
    places.get(Key.of("NL", "a"), SESSION);
    assertEquals(put.position().packed(), lastView().getAtLeast());
    places.get(Key.of("NL", "a"), ReadOptions.defaults().withConsistency(Consistency.LINEARIZABLE));
    assertEquals(io.byssus.proto.kv.v1.Consistency.LINEARIZABLE, lastView().getConsistency());
    assertEquals(0, dispatcherGets());
  }

  private ShardView lastView() {
    List<ShardView> views =
        cluster.servers.stream().flatMap(server -> server.reads.stream()).toList();
    cluster.servers.forEach(server -> server.reads.clear());
    assertEquals(1, views.size());
    return views.get(0);
  }

  @Test
  void whatAServerRefusesADispatcherAnswers() {
    connect();
    for (ErrorCode code :
        List.of(
            ErrorCode.SHARD_NOT_HERE,
            ErrorCode.REPLICA_BEHIND,
            ErrorCode.REPLICA_HALTED,
            ErrorCode.OVERLOADED,
            ErrorCode.NAMESPACE_NOT_FOUND,
            ErrorCode.INVALID_REQUEST,
            ErrorCode.LOG_UNAVAILABLE,
            ErrorCode.INTERNAL_FAULT)) {
      serversFailWith(code);
      assertEquals("0", places.get(Key.of("NL", "a")).orElseThrow().valueUtf8(), code.name());
      assertEquals(12, scanned(Scan.of("NL")).size(), code.name());
      assertEquals(1, places.multiGet(List.of(Key.of("NL", "a"))).records().size(), code.name());
    }
    assertEquals(8, dispatcherGets());
  }

  @Test
  void aScanGoesOnAtADispatcherWhereItsServerFailsAndBackByItsPageTokens() {
    connect();
    cluster.servers.forEach(server -> server.piecesUntilFailure = 2);
    assertEquals(
        List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"),
        scanned(Scan.of("NL")));
    Set<Key> all = new HashSet<>();
    try (ScanAllCursor cursor = places.scanAll(ScanAll.defaults())) {
      cursor.forEachRemaining(record -> assertTrue(all.add(record.key())));
    }
    assertEquals(12, all.size());
    cluster.servers.forEach(server -> server.piecesUntilFailure = Integer.MAX_VALUE);
    ScanPage first = places.scanPage(Scan.of("NL").limit(4));
    serversFailWith(ErrorCode.SHARD_NOT_HERE);
    ScanPage second = places.scanPage(Scan.of("NL").limit(4).after(first.nextPage().orElseThrow()));
    serversFailWith(null);
    ScanPage third = places.scanPage(Scan.of("NL").limit(4).after(second.nextPage().orElseThrow()));
    assertEquals("l", third.records().get(3).key().sortKeyUtf8());
  }

  @Test
  void serversThatAreGoneAreLeftAndADispatcherAnswers() {
    connect();
    cluster.servers.forEach(FakeServer::close);
    for (int i = 0; i < 20; i++) {
      assertTrue(places.get(Key.of("NL", "a"), SESSION).isPresent());
    }
    assertEquals(20, dispatcherGets());
  }

  @Test
  void aServerThatSaysNothingLeavesTimeForADispatcher() throws Exception {
    connect();
    CountDownLatch over = new CountDownLatch(1);
    cluster.servers.forEach(
        server ->
            server.faults =
                () -> {
                  try {
                    over.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return null;
                });
    ReadOptions brief = ReadOptions.defaults().withDeadline(Duration.ofMillis(800));
    assertTrue(places.get(Key.of("NL", "a"), brief).isPresent());
    over.countDown();
  }

  @Test
  void aLostSessionIsRaisedOnceAndTheReadGoesOn() {
    connect();
    cluster.shards.forEach(FakeShard::startIncarnation);
    assertThrows(SessionLostException.class, () -> places.get(Key.of("NL", "a"), SESSION));
    assertTrue(places.get(Key.of("NL", "a"), SESSION).isPresent());
  }

  @Test
  void anAnswerOlderThanTheNamespaceAllowsIsAskedForElsewhere() {
    cluster.readDefaults = ReadDefaults.newBuilder().setEventualMaxAgeMs(1_000).build();
    connect();
    cluster.servers.forEach(server -> server.ageMs = 5_000);
    assertTrue(places.get(Key.of("NL", "a")).isPresent());
    assertEquals(1, dispatcherGets());
  }
}
