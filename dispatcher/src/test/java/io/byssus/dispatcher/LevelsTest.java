package io.byssus.dispatcher;

import static io.byssus.dispatcher.TestCluster.await;
import static io.byssus.dispatcher.TestCluster.bytes;
import static io.byssus.dispatcher.TestCluster.failure;
import static io.byssus.dispatcher.TestCluster.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ErrorCode;
import io.byssus.proto.admin.v1.ReadDefaults;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.kv.v1.Criticality;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.ListVersionsRequest;
import io.byssus.proto.kv.v1.MultiGetRequest;
import io.byssus.proto.kv.v1.ReadOptions;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.ScanShardRequest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The levels of reads, through a real dispatcher to two servers. */
class LevelsTest {
  private static final ReadOptions BOUNDED =
      ReadOptions.newBuilder().setConsistency(Consistency.BOUNDED).setMaxStalenessMs(700).build();
  private static final ReadOptions LINEARIZABLE =
      ReadOptions.newBuilder().setConsistency(Consistency.LINEARIZABLE).build();

  private TestCluster cluster;

  @BeforeEach
  void start() throws Exception {
    cluster = new TestCluster(2);
    cluster.put("p", "s", "v");
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  @Test
  void theLevelOfEveryKindOfReadReachesTheServer() {
    for (ReadOptions options : List.of(BOUNDED, LINEARIZABLE)) {
      forgetViews();
      readInEveryWay(TestCluster.NAMESPACE, options);
      Set<Consistency> levels =
          views().stream().map(ShardView::getConsistency).collect(Collectors.toSet());
      assertEquals(Set.of(options.getConsistency()), levels);
      assertEquals(5, views().size());
      assertTrue(
          views().stream().allMatch(v -> v.getMaxStalenessMs() == options.getMaxStalenessMs()));
    }
  }

  @Test
  void aNamespacesDefaultHoldsForReadsThatSayNothing() {
    declare(ReadDefaults.newBuilder().setConsistency(Consistency.BOUNDED).setMaxStalenessMs(900));
    await()
        .until(
            () -> {
              forgetViews();
              readInEveryWay(TestCluster.NAMESPACE, ReadOptions.getDefaultInstance());
              return views().stream()
                  .allMatch(
                      v ->
                          v.getConsistency() == Consistency.BOUNDED
                              && v.getMaxStalenessMs() == 900);
            });
    forgetViews();
    readInEveryWay(TestCluster.NAMESPACE, LINEARIZABLE);
    assertTrue(
        views().stream()
            .allMatch(
                v -> v.getConsistency() == Consistency.LINEARIZABLE && v.getMaxStalenessMs() == 0));
  }

  @Test
  void eventualReadsTakeNoAnswerThatIsOlderThanTheNamespaceAllows() {
    declare(ReadDefaults.newBuilder().setEventualMaxAgeMs(1_000));
    cluster.servers.forEach(server -> server.standAs(ReplicaState.CATCHING_UP, 5_000, 10));
    await()
        .untilAsserted(
            () ->
                assertEquals(
                    ErrorCode.REPLICA_BEHIND, failure(() -> get(Consistency.EVENTUAL)).code()));
    // Not at the deadline, which is far: waiting makes no replica young.
    long before = System.nanoTime();
    String said = failure(() -> get(Consistency.EVENTUAL)).getMessage();
    assertTrue(said.contains("5000 ms old") && said.contains("1000 ms"), said);
    assertTrue(System.nanoTime() - before < Duration.ofSeconds(5).toNanos());
    assertEquals(
        "REPLICA_BEHIND",
        cluster
            .kv()
            .multiGet(
                MultiGetRequest.newBuilder()
                    .setNamespace(TestCluster.NAMESPACE)
                    .addKeys(key("p", "s"))
                    .build())
            .getResults(0)
            .getError()
            .getReason());
    assertEquals(
        ErrorCode.REPLICA_BEHIND,
        failure(
                () ->
                    cluster
                        .kv()
                        .scan(
                            ScanRequest.newBuilder()
                                .setNamespace(TestCluster.NAMESPACE)
                                .setPartitionKey(bytes("p"))
                                .build())
                        .hasNext())
            .code());
    get(Consistency.LINEARIZABLE);
    cluster.server(2).standAs(ReplicaState.CAUGHT_UP, 300, 0);
    get(Consistency.EVENTUAL);
  }

  @ParameterizedTest
  @EnumSource(
      value = ErrorCode.class,
      names = {"LOG_UNAVAILABLE", "REPLICA_BEHIND", "REPLICA_HALTED", "OVERLOADED"})
  void whatOneReplicaCannotPromiseAnotherMay(ErrorCode code) {
    cluster.server(1).failWith(code);
    for (int i = 0; i < 10; i++) {
      get(Consistency.LINEARIZABLE);
      cluster.kv().get(request(BOUNDED));
    }
    assertTrue(cluster.server(1).calls("get") > 0);
  }

  @Test
  void whereNoServerReachesTheLogTheReadSaysSoAtOnce() {
    cluster.servers.forEach(server -> server.failWith(ErrorCode.LOG_UNAVAILABLE));
    long before = System.nanoTime();
    assertEquals(ErrorCode.LOG_UNAVAILABLE, failure(() -> get(Consistency.LINEARIZABLE)).code());
    assertEquals(
        ErrorCode.LOG_UNAVAILABLE, failure(() -> cluster.kv().get(request(BOUNDED))).code());
    assertTrue(System.nanoTime() - before < Duration.ofSeconds(5).toNanos());
    cluster.server(2).failWith(null);
    get(Consistency.LINEARIZABLE);
  }

  @Test
  void howCriticalAReadIsReachesTheServer() {
    ReadOptions critical = ReadOptions.newBuilder().setCriticality(Criticality.CRITICAL).build();
    readInEveryWay(TestCluster.NAMESPACE, critical);
    List<String> said =
        cluster.servers.stream().flatMap(server -> server.criticalities().stream()).toList();
    assertEquals(List.of("critical", "critical", "critical", "critical", "critical"), said);
    assertTrue(views().stream().anyMatch(v -> v.getCriticality() == Criticality.CRITICAL));
  }

  /** One get, multi-get, scan, scan of a shard and list of versions. */
  private void readInEveryWay(String namespace, ReadOptions options) {
    cluster
        .kv()
        .get(
            GetRequest.newBuilder()
                .setNamespace(namespace)
                .setKey(key("p", "s"))
                .setOptions(options)
                .build());
    cluster
        .kv()
        .multiGet(
            MultiGetRequest.newBuilder()
                .setNamespace(namespace)
                .addKeys(key("p", "s"))
                .setOptions(options)
                .build());
    cluster
        .kv()
        .scan(
            ScanRequest.newBuilder()
                .setNamespace(namespace)
                .setPartitionKey(bytes("p"))
                .setOptions(options)
                .build())
        .forEachRemaining(piece -> {});
    cluster
        .kv()
        .scanShard(
            ScanShardRequest.newBuilder().setNamespace(namespace).setOptions(options).build())
        .forEachRemaining(piece -> {});
    cluster
        .kv()
        .listVersions(
            ListVersionsRequest.newBuilder()
                .setNamespace(namespace)
                .setKey(key("p", "s"))
                .setOptions(options)
                .build());
  }

  private void get(Consistency level) {
    cluster.kv().get(request(ReadOptions.newBuilder().setConsistency(level).build()));
  }

  private static GetRequest request(ReadOptions options) {
    return TestCluster.getRequest("p", "s").toBuilder().setOptions(options).build();
  }

  private void declare(ReadDefaults.Builder defaults) {
    cluster.controlPlane.announce(cluster.namespace.toBuilder().setReadDefaults(defaults).build());
  }

  private List<ShardView> views() {
    return cluster.servers.stream().flatMap(server -> server.views().stream()).toList();
  }

  private void forgetViews() {
    cluster.servers.forEach(server -> server.views().clear());
  }
}
