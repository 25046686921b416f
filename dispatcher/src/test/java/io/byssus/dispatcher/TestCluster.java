package io.byssus.dispatcher;

import com.google.protobuf.ByteString;
import io.byssus.dispatcher.calls.TestHooks;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.process.HostPort;
import io.byssus.process.ProcessConfig;
import io.byssus.process.ProcessLifecycle;
import io.byssus.process.Readiness;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.LogIdentity;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.kv.v1.WriteResponse;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.wal.InMemoryWal;
import io.byssus.wal.LogEntry;
import io.byssus.wal.Wal;
import io.byssus.wal.WalConfig;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.function.Executable;

/**
 * A real dispatcher on loopback, with a control plane and servers made by hand and a log in memory:
 * 4 shards, each on every server, and the namespace {@code places}.
 */
public final class TestCluster implements AutoCloseable {
  static final int SHARDS = 4;
  static final String NAMESPACE = "places";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  final AtomicLong clockAheadMillis = new AtomicLong();
  final InMemoryWal wal = new InMemoryWal(SHARDS, this::now);
  final FakeControlPlane controlPlane = new FakeControlPlane();
  final List<FakeServer> servers = new ArrayList<>();
  final NamespaceEntry namespace;
  final DispatcherNode dispatcher;
  private final ManagedChannel channel;

  TestCluster(int serverCount) throws IOException {
    this(serverCount, TestHooks.NONE);
  }

  TestCluster(int serverCount, TestHooks hooks) throws IOException {
    for (int i = 1; i <= serverCount; i++) {
      servers.add(new FakeServer("server-" + i, wal, SHARDS));
    }
    controlPlane.change(map());
    namespace = controlPlane.create(NAMESPACE);
    dispatcher = startDispatcher(hooks, wal);
    channel =
        NettyChannelBuilder.forTarget("dns:///" + dispatcher.address())
            .usePlaintext()
            .maxInboundMessageSize(8 << 20)
            .build();
    awaitReady();
  }

  private MapChange[] map() {
    List<MapChange> changes = new ArrayList<>();
    changes.add(MapChange.newBuilder().setCluster(cluster()).build());
    servers.forEach(server -> changes.add(node(server)));
    for (int shard = 0; shard < SHARDS; shard++) {
      changes.add(
          MapChange.newBuilder()
              .setShard(
                  ShardAssignment.newBuilder()
                      .setShard(shard)
                      .setIncarnation(FakeServer.INCARNATION)
                      .setEpoch(1)
                      .addAllReplicas(ids(servers)))
              .build());
    }
    return changes.toArray(MapChange[]::new);
  }

  /** The cluster itself, without nodes and shards. */
  public static Cluster cluster() {
    return Cluster.newBuilder()
        .setClusterId("c-1")
        .setName("test")
        .setShardCount(SHARDS)
        .setReplicationFactor(2)
        .setLog(LogIdentity.newBuilder().setTopic("test.wal"))
        .setLogFormatVersion(1)
        .build();
  }

  static MapChange node(FakeServer server) {
    return MapChange.newBuilder()
        .setNode(
            Node.newBuilder()
                .setNodeId(server.nodeId())
                .setRole(NodeRole.SERVER)
                .setAddress(server.address())
                .setUp(true))
        .build();
  }

  private DispatcherNode startDispatcher(TestHooks hooks, Wal log) throws IOException {
    HostPort any = new HostPort("127.0.0.1", 0);
    DispatcherConfig config =
        new DispatcherConfig(
            "dispatcher-1",
            Map.of(),
            new ProcessConfig(any, any, any),
            List.of(controlPlane.address()),
            new WalConfig("127.0.0.1:1"),
            Optional.empty(),
            Duration.ofSeconds(60),
            4_000);
    Readiness readiness = new Readiness();
    return new DispatcherAssembly(
            config, readiness, new ProcessLifecycle(readiness), clock(), cluster -> log, hooks)
        .start();
  }

  /** The dispatcher's clock, which a test moves by {@link #clockAheadMillis}. */
  private Clock clock() {
    return new Clock() {
      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return Instant.ofEpochMilli(now());
      }
    };
  }

  long now() {
    return System.currentTimeMillis() + clockAheadMillis.get();
  }

  private void awaitReady() {
    await().ignoreException(StatusRuntimeException.class).until(() -> get("k", "").isInitialized());
    await()
        .until(() -> metric(dispatcher, "byssus_dispatcher_servers_reporting") == servers.size());
  }

  /** Waits until so many writes wait for room in a window. */
  void awaitWaiting(int writes) {
    await().until(() -> metric(dispatcher, "byssus_dispatcher_writes_waiting") == writes);
  }

  /** The first value of a metric. */
  static double metric(DispatcherNode node, String name) throws Exception {
    return http(node, "/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .findFirst()
        .orElseThrow();
  }

  /** What the dispatcher's HTTP port answers. */
  static HttpResponse<String> http(DispatcherNode node, String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://" + node.metricsAddress() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Waits for a condition. */
  public static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(5));
  }

  FakeServer server(int number) {
    return servers.get(number - 1);
  }

  KvServiceGrpc.KvServiceBlockingStub kv() {
    return KvServiceGrpc.newBlockingStub(channel).withDeadlineAfter(10, TimeUnit.SECONDS);
  }

  KvServiceGrpc.KvServiceBlockingStub kv(Duration deadline) {
    return KvServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
  }

  ManagedChannel channel() {
    return channel;
  }

  GetResponse get(String partitionKey, String sortKey) {
    return kv().get(getRequest(partitionKey, sortKey));
  }

  static GetRequest getRequest(String partitionKey, String sortKey) {
    return GetRequest.newBuilder()
        .setNamespace(NAMESPACE)
        .setKey(key(partitionKey, sortKey))
        .build();
  }

  WriteResponse put(String partitionKey, String sortKey, String value) {
    return kv().put(putRequest(partitionKey, sortKey, value));
  }

  static PutRequest putRequest(String partitionKey, String sortKey, String value) {
    return PutRequest.newBuilder()
        .setNamespace(NAMESPACE)
        .setKey(key(partitionKey, sortKey))
        .setValue(bytes(value))
        .setOptions(WriteOptions.getDefaultInstance())
        .build();
  }

  /** A key of text. */
  public static Key key(String partitionKey, String sortKey) {
    return Key.newBuilder().setPartitionKey(bytes(partitionKey)).setSortKey(bytes(sortKey)).build();
  }

  /** The bytes of a text. */
  public static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  /** All records of a shard's log. */
  List<LogRecord> log(int shard) throws IOException {
    List<LogRecord> records = new ArrayList<>();
    for (LogEntry entry : wal.read(shard, 0)) {
      records.add(LogRecord.parseFrom(entry.bytes()));
    }
    return records;
  }

  long logged() {
    long records = 0;
    for (int shard = 0; shard < SHARDS; shard++) {
      records += wal.read(shard, 0).size();
    }
    return records;
  }

  /** The error with which a call fails. */
  static ByssusException failure(Executable call) {
    return GrpcErrors.fromGrpc(
        Assertions.assertThrows(StatusRuntimeException.class, call), ErrorCode.NO_REPLICA);
  }

  /** The error with which a call fails that is given so long. */
  ByssusException failureWithin(
      Duration deadline, Consumer<KvServiceGrpc.KvServiceBlockingStub> call) {
    return failureInTime(() -> call.accept(kv(deadline)));
  }

  /**
   * The error with which a call fails that has a short deadline. Asked again where this machine is
   * so busy that the caller's clock rang before the answer came.
   */
  static ByssusException failureInTime(Executable call) {
    ByssusException error = failure(call);
    for (int i = 0; i < 20 && error.code() == ErrorCode.DEADLINE_PASSED; i++) {
      error = failure(call);
    }
    return error;
  }

  @Override
  public void close() throws Exception {
    channel.shutdownNow();
    dispatcher.close();
    for (FakeServer server : servers) {
      server.close();
    }
    controlPlane.close();
  }

  static Collection<String> ids(Collection<FakeServer> servers) {
    return servers.stream().map(FakeServer::nodeId).toList();
  }
}
