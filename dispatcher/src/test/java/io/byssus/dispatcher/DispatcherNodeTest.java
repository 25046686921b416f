package io.byssus.dispatcher;

import static io.byssus.dispatcher.TestCluster.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.dispatcher.calls.TestHooks;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.process.ConfigException;
import io.byssus.process.HostPort;
import io.byssus.process.ProcessConfig;
import io.byssus.process.ProcessLifecycle;
import io.byssus.process.Readiness;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.DescribeNamespaceRequest;
import io.byssus.proto.admin.v1.ListNodesRequest;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.wal.InMemoryWal;
import io.byssus.wal.Wal;
import io.byssus.wal.WalConfig;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dispatcher's life: what it waits for, what it tells, what it outlives. */
class DispatcherNodeTest {
  private static final HostPort ANY = new HostPort("127.0.0.1", 0);

  @TempDir Path directory;
  private final InMemoryWal wal = new InMemoryWal(TestCluster.SHARDS, System::currentTimeMillis);
  private final List<AutoCloseable> open = new ArrayList<>();
  private CompletableFuture<Void> firstLook = CompletableFuture.completedFuture(null);
  private FakeControlPlane controlPlane;
  private FakeServer server;

  @BeforeEach
  void start() throws Exception {
    controlPlane = closing(new FakeControlPlane());
    server = closing(new FakeServer("server-1", wal, TestCluster.SHARDS));
  }

  @AfterEach
  void stop() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  @Test
  void itSaysWhatItWaitsForUntilItServes() throws Exception {
    firstLook = new CompletableFuture<>();
    DispatcherNode node = start(Optional.empty(), 100);
    HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(channel(node));
    awaitHealth(node, 503, "waiting for");
    assertEquals(ServingStatus.NOT_SERVING, status(health));
    assertEquals(
        ErrorCode.CLUSTER_NOT_READY,
        TestCluster.failure(
                () -> {
                  controlPlane.create(TestCluster.NAMESPACE);
                  kv(node).put(TestCluster.putRequest("p", "s", "v"));
                })
            .code());

    Cluster withoutLog = TestCluster.cluster().toBuilder().clearLog().setExpectedServers(1).build();
    controlPlane.change(MapChange.newBuilder().setCluster(withoutLog).build());
    awaitHealth(node, 503, "create the log");
    controlPlane.change(
        MapChange.newBuilder()
            .setCluster(TestCluster.cluster().toBuilder().setExpectedServers(1))
            .build());
    awaitHealth(node, 503, "the first placement: 0 of 1 servers are up");
    controlPlane.change(TestCluster.node(server));
    awaitHealth(node, 503, "1 of 1 servers are up");
    place();
    awaitHealth(node, 503, "the first look at the log");
    firstLook.complete(null);
    awaitHealth(node, 200, "");
    await().until(() -> status(health) == ServingStatus.SERVING);
    assertTrue(kv(node).put(TestCluster.putRequest("p", "s", "v")).getPosition() != 0);
  }

  @Test
  void itRegistersUnderANewInstanceIdAndDeregistersWhenItStops() throws Exception {
    DispatcherNode node = start(Optional.empty(), 100);
    await().until(() -> !controlPlane.registered().isEmpty());
    Node registered = controlPlane.registered().get(0).getNode();
    assertEquals("dispatcher-1", registered.getNodeId());
    assertEquals(NodeRole.DISPATCHER, registered.getRole());
    assertEquals(node.address().toString(), registered.getAddress());
    assertEquals(Map.of("zone", "a"), registered.getLabelsMap());
    node.close();
    assertEquals("dispatcher-1", controlPlane.deregistered().get(0).getNodeId());
    start(Optional.empty(), 100);
    await().until(() -> controlPlane.registered().size() > 1);
    assertNotEquals(
        registered.getInstanceId(), controlPlane.registered().get(1).getNode().getInstanceId());
  }

  @Test
  void withItsMapOnDiskItServesThoughTheControlPlaneIsAway() throws Exception {
    everything();
    DispatcherNode first = start(Optional.of(directory), 100);
    awaitHealth(first, 200, "");
    controlPlane.stop();
    assertTrue(kv(first).put(TestCluster.putRequest("p", "s", "v")).getPosition() != 0);
    first.close();
    DispatcherNode second = start(Optional.of(directory), 100);
    awaitHealth(second, 200, "");
    assertTrue(kv(second).get(TestCluster.getRequest("p", "s")).hasRecord());
    assertTrue(kv(second).put(TestCluster.putRequest("p", "t", "v")).getPosition() != 0);
  }

  @Test
  void aSecondDispatcherOnTheSameDirectoryIsRefused() throws Exception {
    start(Optional.of(directory), 100);
    IOException refused = assertThrows(IOException.class, () -> start(Optional.of(directory), 100));
    assertTrue(refused.getMessage().contains("in use"), refused.getMessage());
  }

  @Test
  void administrationIsPassedOnAndItsErrorsPassedBack() throws Exception {
    everything();
    DispatcherNode node = start(Optional.empty(), 100);
    AdminServiceGrpc.AdminServiceBlockingStub admin =
        AdminServiceGrpc.newBlockingStub(channel(node)).withDeadlineAfter(10, TimeUnit.SECONDS);
    assertEquals(
        "cp-1", admin.listNodes(ListNodesRequest.getDefaultInstance()).getNodes(0).getNodeId());
    DescribeNamespaceRequest unknown =
        DescribeNamespaceRequest.newBuilder().setName("unknown").build();
    ByssusException error = TestCluster.failure(() -> admin.describeNamespace(unknown));
    assertEquals(ErrorCode.NAMESPACE_NOT_FOUND, error.code());
    controlPlane.stop();
    ByssusException away =
        TestCluster.failureInTime(
            () ->
                admin
                    .withDeadlineAfter(500, TimeUnit.MILLISECONDS)
                    .listNodes(ListNodesRequest.getDefaultInstance()));
    assertEquals(ErrorCode.CONTROL_PLANE_UNAVAILABLE, away.code());
  }

  @Test
  void callsAboveTheBoundAreRefused() throws Exception {
    everything();
    DispatcherNode node = start(Optional.empty(), 3);
    awaitHealth(node, 200, "");
    wal.hold();
    KvServiceGrpc.KvServiceFutureStub writers =
        KvServiceGrpc.newFutureStub(channel(node)).withDeadlineAfter(60, TimeUnit.SECONDS);
    for (int i = 0; i < 3; i++) {
      writers.put(TestCluster.putRequest("p", "s" + i, ""));
    }
    await().until(() -> logged() == 3);
    assertEquals(
        ErrorCode.OVERLOADED,
        TestCluster.failure(() -> kv(node).get(TestCluster.getRequest("p", "s"))).code());
    wal.release();
    await()
        .ignoreExceptions()
        .until(() -> kv(node).get(TestCluster.getRequest("p", "s0")).hasRecord());
  }

  @Test
  void metricsTellOfWritesPerShardAndOfRules() throws Exception {
    everything();
    DispatcherNode node = start(Optional.empty(), 100);
    awaitHealth(node, 200, "");
    int shard = kv(node).put(TestCluster.putRequest("p", "s", "v")).getShard();
    String metrics = TestCluster.http(node, "/metrics").body();
    assertTrue(
        metrics
            .lines()
            .anyMatch(
                line ->
                    line.startsWith("byssus_dispatcher_writes_handed_over_total")
                        && line.contains("shard=\"" + shard + "\"")
                        && line.endsWith(" 1.0")),
        metrics);
    assertTrue(metrics.contains("byssus_dispatcher_rules_announced_total"), metrics);
    assertTrue(metrics.contains("byssus_grpc_latency_seconds_bucket"), metrics);
  }

  @Test
  void theBytesOfAWriteAreInHandUntilItIsAnswered() throws Exception {
    everything();
    DispatcherNode node = start(Optional.empty(), 100);
    awaitHealth(node, 200, "");
    wal.hold();
    KvServiceGrpc.newFutureStub(channel(node)).put(TestCluster.putRequest("p", "s", "a value"));
    await().until(() -> logged() == 1);
    assertTrue(bytesInHand(node) > "a value".length());
    wal.release();
    await().until(() -> bytesInHand(node) == 0);
  }

  private static double bytesInHand(DispatcherNode node) throws Exception {
    return TestCluster.metric(node, "byssus_dispatcher_writes_bytes");
  }

  @Test
  void aConfigurationIsReadWithItsDefaults() throws Exception {
    Path file = directory.resolve("dispatcher.yaml");
    Files.writeString(
        file,
        """
        node-id: dispatcher-1
        labels: {zone: a}
        control-plane: [cp-1:7402, cp-2:7402]
        kafka:
          bootstrap: kafka:9092
          properties: {client.dns.lookup: use_all_dns_ips}
        data: map
        """);
    DispatcherConfig config = DispatcherConfig.read(file);
    assertEquals(new HostPort("127.0.0.1", 7400), config.process().listen());
    assertEquals(new HostPort("127.0.0.1", 9400), config.process().metrics());
    assertEquals(
        List.of(new HostPort("cp-1", 7402), new HostPort("cp-2", 7402)), config.controlPlane());
    assertEquals("kafka:9092", config.kafka().bootstrapServers());
    assertEquals(Optional.of(directory.resolve("map")), config.data());
    assertEquals(Duration.ofSeconds(60), config.lagLimit());
  }

  @Test
  void aBadConfigurationNamesAllItsProblems() throws Exception {
    Path file = directory.resolve("dispatcher.yaml");
    Files.writeString(
        file,
        """
        listen: 0.0.0.0:7400
        control-plane: []
        lag-limit: soon
        shards: 16
        """);
    ConfigException problems =
        assertThrows(ConfigException.class, () -> DispatcherConfig.read(file));
    for (String each :
        List.of("node-id", "listen", "control-plane", "kafka.bootstrap", "lag-limit", "shards")) {
      assertTrue(problems.getMessage().contains(each), each + " in " + problems.getMessage());
    }
    assertEquals(2, DispatcherMain.run(file, false));
  }

  private void everything() {
    controlPlane.change(
        MapChange.newBuilder().setCluster(TestCluster.cluster()).build(), TestCluster.node(server));
    place();
    controlPlane.create(TestCluster.NAMESPACE);
  }

  private void place() {
    for (int shard = 0; shard < TestCluster.SHARDS; shard++) {
      controlPlane.change(
          MapChange.newBuilder()
              .setShard(
                  ShardAssignment.newBuilder()
                      .setShard(shard)
                      .setIncarnation(FakeServer.INCARNATION)
                      .setEpoch(1)
                      .addReplicas("server-1"))
              .build());
    }
  }

  private DispatcherNode start(Optional<Path> data, int mostCalls) throws IOException {
    DispatcherConfig config =
        new DispatcherConfig(
            "dispatcher-1",
            Map.of("zone", "a"),
            new ProcessConfig(ANY, ANY, ANY),
            List.of(controlPlane.address()),
            new WalConfig("127.0.0.1:1"),
            data,
            Duration.ofSeconds(60),
            mostCalls);
    Readiness readiness = new Readiness();
    return closing(
        new DispatcherAssembly(
                config,
                readiness,
                new ProcessLifecycle(readiness),
                Clock.systemUTC(),
                cluster -> new KeptOpen(wal, firstLook),
                TestHooks.NONE)
            .start());
  }

  private KvServiceGrpc.KvServiceBlockingStub kv(DispatcherNode node) {
    return KvServiceGrpc.newBlockingStub(channel(node)).withDeadlineAfter(10, TimeUnit.SECONDS);
  }

  private ManagedChannel channel(DispatcherNode node) {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget("dns:///" + node.address()).usePlaintext().build();
    open.add(channel::shutdownNow);
    return channel;
  }

  private static ServingStatus status(HealthGrpc.HealthBlockingStub health) {
    return health.check(HealthCheckRequest.getDefaultInstance()).getStatus();
  }

  private static void awaitHealth(DispatcherNode node, int status, String reason) {
    await()
        .untilAsserted(
            () -> {
              HttpResponse<String> answer = TestCluster.http(node, "/healthz");
              assertTrue(answer.body().contains(reason), answer.body());
              assertEquals(status, answer.statusCode(), answer.body());
            });
  }

  private long logged() {
    long records = 0;
    for (int shard = 0; shard < TestCluster.SHARDS; shard++) {
      records += wal.read(shard, 0).size();
    }
    return records;
  }

  private <T extends AutoCloseable> T closing(T part) {
    open.add(part);
    return part;
  }

  /** A log that outlives the dispatcher that closes it, as Kafka does. */
  private record KeptOpen(InMemoryWal wal, CompletableFuture<Void> firstLook) implements Wal {
    @Override
    public CompletableFuture<Long> append(int shard, LogRecord record) {
      return wal.append(shard, record);
    }

    @Override
    public void close() {}
  }
}
