package io.byssus.controlplane.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.clustermap.ClusterImage;
import io.byssus.clustermap.ClusterMapWatcher;
import io.byssus.clustermap.ControlPlaneClient;
import io.byssus.clustermap.NodeLease;
import io.byssus.kafka.EmbeddedKafka;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.AdminServiceGrpc.AdminServiceBlockingStub;
import io.byssus.proto.admin.v1.CreateNamespaceRequest;
import io.byssus.proto.admin.v1.DescribeClusterRequest;
import io.byssus.proto.admin.v1.InitClusterRequest;
import io.byssus.proto.admin.v1.ListNamespacesRequest;
import io.byssus.proto.admin.v1.ListNodesRequest;
import io.byssus.proto.admin.v1.ListShardsRequest;
import io.byssus.proto.admin.v1.Namespace;
import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.admin.v1.NodeDescription;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.admin.v1.ShardDescription;
import io.byssus.proto.internal.v1.ControlPlaneServiceGrpc;
import io.byssus.proto.internal.v1.HeartbeatRequest;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.RegisterNodeRequest;
import io.byssus.proto.internal.v1.ReplicaReport;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
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

  private <T> T admin(Function<AdminServiceBlockingStub, T> call) {
    return group
        .client()
        .call(TestGroup.LIMIT, channel -> call.apply(AdminServiceGrpc.newBlockingStub(channel)));
  }

  private String init(int expectedServers) {
    return admin(
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
    return admin(
            stub ->
                stub.createNamespace(
                    CreateNamespaceRequest.newBuilder()
                        .setSpec(NamespaceSpec.newBuilder().setName(name))
                        .build()))
        .getNamespace();
  }

  private List<String> namespaces() {
    return admin(stub -> stub.listNamespaces(ListNamespacesRequest.getDefaultInstance()))
        .getNamespacesList()
        .stream()
        .map(namespace -> namespace.getSpec().getName())
        .toList();
  }

  private static Node server(String id, String instance) {
    return Node.newBuilder()
        .setNodeId(id)
        .setInstanceId(instance)
        .setRole(NodeRole.SERVER)
        .setAddress("127.0.0.1:7401")
        .build();
  }

  private NodeLease lease(String id) {
    return open(
        NodeLease.start(
            group.client(),
            server(id, "i-" + id),
            () -> "",
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

  private ClusterImage leaderImage() {
    return group.node(group.awaitLeader()).replicated().image();
  }

  private void awaitImage(Predicate<ClusterImage> test) {
    await().atMost(TestGroup.LIMIT).until(() -> test.test(leaderImage()));
  }

  private static boolean up(ClusterImage image, String node) {
    return image.node(node).map(Node::getUp).orElse(false);
  }

  @Test
  void aClusterIsInitialisedOnceWithItsLogAndKnowsItself() {
    ByssusException early =
        assertThrows(
            ByssusException.class,
            () -> admin(s -> s.describeCluster(DescribeClusterRequest.getDefaultInstance())));
    assertEquals(ErrorCode.CLUSTER_NOT_READY, early.code());
    String id = init(2);
    assertEquals(id, init(2), "a repeat changes nothing");
    var cluster = admin(s -> s.describeCluster(DescribeClusterRequest.getDefaultInstance()));
    assertEquals(id, cluster.getClusterId());
    assertTrue(cluster.getLogReady());
    assertFalse(cluster.getPlaced());
    assertEquals(
        ErrorCode.CLUSTER_EXISTS, assertThrows(ByssusException.class, () -> init(3)).code());
    ByssusException bad =
        assertThrows(
            ByssusException.class,
            () -> admin(s -> s.initCluster(InitClusterRequest.getDefaultInstance())));
    assertEquals("cluster_name", bad.problems().get(0).field());
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
    long revision = leaderImage().revision();
    group.stopAll();
    group.startAll();
    assertEquals(List.of("after", "before"), namespaces());
    assertEquals(revision, leaderImage().revision());
    assertEquals(3, createNamespace("later").getNamespaceId());
  }

  @Test
  void aFollowerSaysWhoLeads() throws Exception {
    int follower = group.aFollower();
    Member leader = group.member(group.awaitLeader());
    ManagedChannel channel =
        ManagedChannelBuilder.forTarget(group.member(follower).address().toString())
            .usePlaintext()
            .build();
    try {
      await().atMost(TestGroup.LIMIT).until(() -> group.node(follower).state().serving());
      StatusRuntimeException failure =
          assertThrows(
              StatusRuntimeException.class,
              () ->
                  AdminServiceGrpc.newBlockingStub(channel)
                      .listNamespaces(ListNamespacesRequest.getDefaultInstance()));
      ByssusException error = GrpcErrors.fromGrpc(failure, ErrorCode.INTERNAL_FAULT);
      assertEquals(ErrorCode.NOT_LEADER, error.code());
      assertEquals(leader.address().toString(), error.metadata().get("leader"));
    } finally {
      channel.shutdownNow();
    }
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
        leaderImage().toMap(),
        watcher
            .await(i -> i.revision() == leaderImage().revision(), TestGroup.LIMIT)
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
    awaitImage(image -> up(image, "s1") && up(image, "s2"));
    assertTrue(leaderImage().shards().isEmpty(), "the third is expected");
    NodeLease third = lease("s3");
    awaitImage(image -> image.shards().size() == SHARDS);
    assertEquals(SHARDS, shards().stream().filter(s -> s.getReplicasCount() == 2).count());
    await()
        .atMost(TestGroup.LIMIT)
        .until(() -> shards().get(0).getReplicas(0).getState() == ReplicaState.CAUGHT_UP);
    assertEquals(7, shards().get(0).getReplicas(0).getLagRecords());

    third.close();
    awaitImage(image -> image.node("s3").isPresent() && !up(image, "s3"));
    awaitImage(
        image ->
            image.shards().stream().noneMatch(s -> s.getReplicasList().contains("s3"))
                && image.shards().stream().allMatch(s -> s.getReplicasCount() == 2));
  }

  private List<ShardDescription> shards() {
    return admin(s -> s.listShards(ListShardsRequest.getDefaultInstance())).getShardsList();
  }

  @Test
  void aSilentNodeIsDownAfterItsLeaseAndUpAgainWhenItSpeaks() {
    Node silent = server("s1", "i-1");
    register(silent);
    awaitImage(image -> up(image, "s1"));
    assertEquals(
        ErrorCode.NODE_ID_IN_USE,
        assertThrows(ByssusException.class, () -> register(server("s1", "i-2"))).code());
    awaitImage(image -> !up(image, "s1"));
    heartbeat("s1", "i-1");
    assertTrue(up(leaderImage(), "s1"));
    awaitImage(image -> !up(image, "s1"));
    register(server("s1", "i-2"));
    assertEquals(
        ErrorCode.NOT_FOUND_IN_CLUSTER,
        assertThrows(ByssusException.class, () -> heartbeat("s1", "i-1")).code());
  }

  @Test
  void aNewLeaderWaitsAWholeLeaseBeforeItDeclaresANodeDown() {
    register(server("s1", "i-1"));
    AtomicLong newLeaderSince = new AtomicLong();
    int first = group.awaitLeader();
    for (int i = 0; i < 3; i++) {
      if (i != first) {
        group
            .node(i)
            .replicated()
            .onLeadership(
                term -> {
                  if (term != 0) {
                    newLeaderSince.set(System.nanoTime());
                  }
                });
      }
    }
    group.stop(first);
    group.awaitLeader();
    awaitImage(image -> !up(image, "s1"));
    Duration waited = Duration.ofNanos(System.nanoTime() - newLeaderSince.get());
    assertTrue(waited.compareTo(TestGroup.LEASE) >= 0, "waited only " + waited);
  }

  private void register(Node node) {
    group
        .client()
        .call(
            TestGroup.LIMIT,
            channel ->
                ControlPlaneServiceGrpc.newBlockingStub(channel)
                    .registerNode(RegisterNodeRequest.newBuilder().setNode(node).build()));
  }

  private void heartbeat(String id, String instance) {
    group
        .client()
        .call(
            TestGroup.LIMIT,
            channel ->
                ControlPlaneServiceGrpc.newBlockingStub(channel)
                    .heartbeat(
                        HeartbeatRequest.newBuilder()
                            .setNodeId(id)
                            .setInstanceId(instance)
                            .build()));
  }

  @Test
  void aMemberShowsItselfAndTheClusterInItsMetrics() throws Exception {
    register(server("s1", "i-1"));
    HttpResponse<String> metrics =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(
                            "http://"
                                + group.node(group.awaitLeader()).metricsAddress()
                                + "/metrics"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    for (String sample :
        List.of(
            "byssus_control_leader{.*} 1.0",
            "byssus_control_term{.*} [1-9].*",
            "byssus_control_revision{.*} 1.0",
            "byssus_control_applied_index{.*} [1-9].*",
            "byssus_control_halted{.*} 0.0",
            "byssus_control_shards_under_replicated{.*} 0.0",
            "byssus_control_nodes{.*node_role=\"server\".*state=\"up\".*} 1.0")) {
      String pattern = sample.replace("{", "\\{").replace("}", "\\}");
      assertTrue(
          metrics.body().lines().anyMatch(line -> line.matches(pattern)),
          () -> sample + " is not in " + metrics.body());
    }
  }

  @Test
  void membersAreListedWithTheirLeader() {
    register(server("s1", "i-1"));
    int leader = group.awaitLeader();
    List<NodeDescription> nodes =
        admin(s -> s.listNodes(ListNodesRequest.getDefaultInstance())).getNodesList();
    assertEquals(
        List.of("cp-0", "cp-1", "cp-2", "s1"),
        nodes.stream().map(NodeDescription::getNodeId).toList());
    assertTrue(nodes.get(leader).getLeader());
    assertEquals(1, nodes.stream().filter(NodeDescription::getLeader).count());
    assertEquals(NodeRole.CONTROL_PLANE, nodes.get(0).getRole());
    await()
        .atMost(TestGroup.LIMIT)
        .until(
            () ->
                admin(s -> s.listNodes(ListNodesRequest.getDefaultInstance()))
                    .getNodesList()
                    .stream()
                    .allMatch(NodeDescription::getUp));
  }
}
