package io.byssus.controlplane.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.clustermap.ClusterMapWatcher;
import io.byssus.clustermap.ControlPlaneClient;
import io.byssus.clustermap.NodeLease;
import io.byssus.kafka.EmbeddedKafka;
import io.byssus.kafka.KafkaAdmin;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.admin.v1.CreateNamespaceRequest;
import io.byssus.proto.admin.v1.DescribeClusterRequest;
import io.byssus.proto.admin.v1.InitClusterRequest;
import io.byssus.proto.admin.v1.ListNamespacesRequest;
import io.byssus.proto.admin.v1.ListShardsRequest;
import io.byssus.proto.admin.v1.Namespace;
import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.admin.v1.ShardDescription;
import io.byssus.proto.internal.v1.ReplicaReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three members in one JVM, with real Raft, gRPC and Kafka between and behind them. */
@Timeout(90)
final class ControlPlaneGroupTest {
  private static final int SHARDS = 6;

  @TempDir static Path kafkaDirectory;
  @TempDir Path directory;
  private static EmbeddedKafka kafka;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private String clusterName;
  private TestGroup group;
  private GroupSteps steps;

  @BeforeAll
  static void startKafka() throws Exception {
    kafka = EmbeddedKafka.start(kafkaDirectory);
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @BeforeEach
  void start(TestInfo test) throws Exception {
    clusterName = "t" + Integer.toUnsignedString(test.getDisplayName().hashCode());
    group = new TestGroup(directory, 3, kafka.bootstrapServers()).startAll();
    steps = new GroupSteps(group);
  }

  @AfterEach
  void stop() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
    group.close();
  }

  private <T extends AutoCloseable> T open(T part) {
    opened.add(part);
    return part;
  }

  private String init(int expectedServers) {
    return steps
        .admin(
            stub ->
                stub.initCluster(
                    InitClusterRequest.newBuilder()
                        .setClusterName(clusterName)
                        .setShardCount(SHARDS)
                        .setReplicationFactor(2)
                        .setExpectedServers(expectedServers)
                        .setLogReplicationFactor(1)
                        .build()))
        .getClusterId();
  }

  private Namespace createNamespace(String name) {
    return steps
        .admin(
            stub ->
                stub.createNamespace(
                    CreateNamespaceRequest.newBuilder()
                        .setSpec(NamespaceSpec.newBuilder().setName(name))
                        .build()))
        .getNamespace();
  }

  private List<String> namespaces() {
    return steps
        .admin(stub -> stub.listNamespaces(ListNamespacesRequest.getDefaultInstance()))
        .getNamespacesList()
        .stream()
        .map(namespace -> namespace.getSpec().getName())
        .toList();
  }

  private NodeLease lease(String id) {
    return open(
        NodeLease.start(
            group.client(),
            GroupSteps.server(id, "i-" + id),
            () -> "",
            () -> 0,
            () ->
                List.of(
                    ReplicaReport.newBuilder()
                        .setShard(0)
                        .setState(ReplicaState.CAUGHT_UP)
                        .setLagRecords(7)
                        .build())));
  }

  private ClusterMapWatcher watcher(ControlPlaneClient client) {
    return open(ClusterMapWatcher.start(client, Optional.empty(), ""));
  }

  @Test
  void aClusterIsInitialisedOnceWithItsLogAndKnowsItself() {
    ByssusException early =
        assertThrows(
            ByssusException.class,
            () -> steps.admin(s -> s.describeCluster(DescribeClusterRequest.getDefaultInstance())));
    assertEquals(ErrorCode.CLUSTER_NOT_READY, early.code());
    String id = init(2);
    assertEquals(id, init(2), "a repeat changes nothing");
    var cluster = steps.admin(s -> s.describeCluster(DescribeClusterRequest.getDefaultInstance()));
    assertEquals(id, cluster.getClusterId());
    assertTrue(cluster.getLogReady());
    assertFalse(cluster.getPlaced());
    assertEquals(
        ErrorCode.CLUSTER_EXISTS, assertThrows(ByssusException.class, () -> init(3)).code());
    ByssusException bad =
        assertThrows(
            ByssusException.class,
            () -> steps.admin(s -> s.initCluster(InitClusterRequest.getDefaultInstance())));
    assertEquals("cluster_name", bad.problems().get(0).field());
  }

  @Test
  void aClusterWhoseLogWouldBeRefusedIsNotMade() throws Exception {
    String topic = clusterName + ".wal";
    try (KafkaAdmin connected = KafkaAdmin.connect(kafka.bootstrapServers())) {
      Admin broker = connected.client();
      broker.createTopics(List.of(new NewTopic(topic, SHARDS + 1, (short) 1))).all().get();
      ByssusException error = assertThrows(ByssusException.class, () -> init(2));
      assertEquals(ErrorCode.LOG_REFUSED, error.code());
      assertTrue(error.getMessage().contains("7 partitions"), error.getMessage());
      assertTrue(steps.leaderImage().cluster().isEmpty(), "another may be made");
      broker.deleteTopics(List.of(topic)).all().get();
      await()
          .atMost(TestGroup.LIMIT)
          .until(() -> !broker.listTopics().names().get().contains(topic));
    }
    init(2);
  }

  @Test
  void anotherLeadsWhenTheLeaderStopsAndNothingIsForgotten() throws Exception {
    String id = init(2);
    assertEquals(1, createNamespace("places").getNamespaceId());
    int first = group.awaitLeader();
    group.stop(first);
    assertEquals(2, createNamespace("cities").getNamespaceId());
    assertEquals(List.of("cities", "places"), namespaces());
    assertEquals(
        ErrorCode.NAMESPACE_EXISTS,
        assertThrows(ByssusException.class, () -> createNamespace("places")).code());

    group.start(first);
    group.awaitAgreement();
    assertEquals(
        group.node(first).replicated().state().toSnapshot(),
        group.node(group.awaitLeader()).replicated().state().toSnapshot());

    group.stopAll();
    group.startAll();
    assertEquals(List.of("cities", "places"), namespaces());
    assertEquals(id, init(2));
  }

  @Test
  void aSnapshotAndTheLogBehindItGiveTheSameStateAfterARestart() throws Exception {
    init(2);
    createNamespace("before");
    group.awaitAgreement();
    for (int i = 0; i < 3; i++) {
      group.node(i).group().snapshot().get(10, TimeUnit.SECONDS);
      assertEquals(0, group.node(i).replicated().appliedSinceSnapshot());
    }
    createNamespace("after");
    long revision = steps.leaderImage().revision();
    group.stopAll();
    group.startAll();
    assertEquals(List.of("after", "before"), namespaces());
    assertEquals(revision, steps.leaderImage().revision());
    assertEquals(3, createNamespace("later").getNamespaceId());
  }

  @Test
  void aWatchResumesFromItsRevisionAtAnotherMember() throws Exception {
    init(2);
    createNamespace("n1");
    ControlPlaneClient client = open(new ControlPlaneClient(group.client().members()));
    ClusterMapWatcher watcher = watcher(client);
    List<Long> revisions = new CopyOnWriteArrayList<>();
    watcher.listen(image -> revisions.add(image.revision()));
    assertTrue(watcher.await(i -> i.namespace("n1").isPresent(), TestGroup.LIMIT).isPresent());
    for (int i = 0; i < 3; i++) {
      // The member that is watched goes; whoever is left goes on from the revision.
      String watched = watcher.connectedTo().orElseThrow();
      int number = memberAt(watched);
      group.stop(number);
      String name = "m" + i;
      createNamespace(name);
      assertTrue(
          watcher.await(image -> image.namespace(name).isPresent(), TestGroup.LIMIT).isPresent());
      group.start(number);
    }
    group.awaitAgreement();
    assertEquals(
        steps.leaderImage().toMap(),
        watcher
            .await(i -> i.revision() == steps.leaderImage().revision(), TestGroup.LIMIT)
            .orElseThrow()
            .toMap());
    assertEquals(revisions.stream().sorted().toList(), revisions, "never back");
  }

  private int memberAt(String address) {
    for (int i = 0; i < 3; i++) {
      if (group.member(i).address().toString().equals(address)) {
        return i;
      }
    }
    throw new AssertionError("no member at " + address);
  }

  @Test
  void shardsArePlacedWhenTheServersAreThereAndReplacedWhenOneStaysAway() {
    init(3);
    lease("s1");
    lease("s2");
    steps.awaitImage(image -> GroupSteps.up(image, "s1") && GroupSteps.up(image, "s2"));
    assertTrue(steps.leaderImage().shards().isEmpty(), "the third is expected");
    NodeLease third = lease("s3");
    steps.awaitImage(image -> image.shards().size() == SHARDS);
    assertEquals(SHARDS, shards().stream().filter(s -> s.getReplicasCount() == 2).count());
    await()
        .atMost(TestGroup.LIMIT)
        .until(() -> shards().get(0).getReplicas(0).getState() == ReplicaState.CAUGHT_UP);
    assertEquals(7, shards().get(0).getReplicas(0).getLagRecords());

    third.close();
    steps.awaitImage(image -> image.node("s3").isPresent() && !GroupSteps.up(image, "s3"));
    steps.awaitImage(
        image ->
            image.shards().stream().noneMatch(s -> s.getReplicasList().contains("s3"))
                && image.shards().stream().allMatch(s -> s.getReplicasCount() == 2));
  }

  private List<ShardDescription> shards() {
    return steps.admin(s -> s.listShards(ListShardsRequest.getDefaultInstance())).getShardsList();
  }
}
