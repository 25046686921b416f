package io.byssus.server;

import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.byssus.clustermap.ClusterImage;
import io.byssus.clustermap.replicas.EventLoops;
import io.byssus.kafka.EmbeddedKafka;
import io.byssus.kafka.KafkaAdmin;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.model.Position;
import io.byssus.model.ShardHash;
import io.byssus.process.GrpcListener;
import io.byssus.process.HostPort;
import io.byssus.process.ProcessMetrics;
import io.byssus.process.Readiness;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.ClusterMap;
import io.byssus.proto.internal.v1.LogIdentity;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ReplicaReport;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.IncarnationStart;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import io.byssus.proto.log.v1.WriterStamp;
import io.byssus.storage.NodeStorage;
import io.byssus.storage.StorageConfig;
import io.byssus.testkit.Seed;
import io.byssus.wal.KafkaWal;
import io.byssus.wal.WalConfig;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.micrometer.core.instrument.Counter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.awaitility.Awaitility;

/**
 * A server's read calls over real gRPC, with a real log behind its replicas. Of two shards, shard 0
 * is held and shard 1 is not; the log is in incarnation 2.
 */
final class ServedShard implements AutoCloseable {
  private static final String CLUSTER = "cluster-1";
  static final int NAMESPACE = 5;

  /** Not in the map before a test tells it. */
  static final int ANOTHER_NAMESPACE = 9;

  private static final int SHARDS = 2;

  private final EmbeddedKafka kafka;
  private final KafkaWal wal;
  private final NodeStorage storage;
  private final ProcessMetrics metrics;
  private volatile ClusterImage map;
  private final ReplicaHost host;
  private final ReadWaits waits;
  private final Barriers barriers;
  private final TickLoop ticks;
  private final NamespaceGate namespaces;
  private final EventLoops loops;
  private final GetStreams gets;
  private final StreamThreads streams;
  private final ReplicaFeed feed;
  private final GrpcListener listener;
  private final ManagedChannel channel;
  private long sequence;

  ServedShard(Path directory) throws Exception {
    kafka = EmbeddedKafka.start(directory.resolve("kafka"));
    LogIdentity log = createLog();
    WalConfig config = new WalConfig(kafka.bootstrapServers());
    wal = new KafkaWal(config, log, 2);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !wal.shut(0));
    wal.append(
            0,
            LogRecord.newBuilder()
                .setFormatVersion(1)
                .setIncarnationStart(
                    IncarnationStart.newBuilder().setClusterId(CLUSTER).setIncarnation(2))
                .build())
        .get(30, TimeUnit.SECONDS);

    storage = new NodeStorage(StorageConfig.DEFAULT);
    metrics = new ProcessMetrics("server", "server-1");
    host =
        new ReplicaHost(
            "server-1",
            "instance-1",
            directory.resolve("shards"),
            storage,
            config,
            1,
            new ReplicaMetrics(metrics.registry(), storage));
    waits = new ReadWaits(2);
    MarkAppender marks = new MarkAppender(() -> wal, Clock.systemUTC(), metrics.registry());
    barriers = new Barriers(marks);
    ticks =
        new TickLoop(
                host,
                () -> map,
                marks,
                Clock.systemUTC(),
                System::nanoTime,
                Seed.of("ServedShard").random())
            .start();
    namespaces = new NamespaceGate(() -> map, waits);
    loops = new EventLoops("server-io", 1);
    gets = new GetStreams(waits, metrics.registry());
    streams = new StreamThreads(2);
    feed = new ReplicaFeed(host);
    listener =
        GrpcListener.on(new HostPort("127.0.0.1", 0), new Readiness(), metrics.registry())
            .eventLoops(loops.group(), loops.serverChannelType())
            .service(
                new ReadService(
                    () -> map,
                    host,
                    namespaces,
                    new ReadViews(waits, barriers, TestHooks.NONE),
                    gets,
                    loops::here,
                    feed,
                    streams))
            .onEventLoop(ShardServiceGrpc.getGetMethod())
            .onEventLoop(ShardServiceGrpc.getGetStreamMethod())
            .endless(ShardServiceGrpc.getGetStreamMethod())
            .endless(ShardServiceGrpc.getWatchReplicasMethod())
            .start();
    channel =
        NettyChannelBuilder.forTarget(listener.address().toString())
            .usePlaintext()
            .maxInboundMessageSize(8 << 20)
            .build();
    map =
        ClusterImage.of(
            ClusterMap.newBuilder()
                .setRevision(1)
                .addNodes(Node.newBuilder().setNodeId("server-1").setInstanceId("instance-1"))
                .setCluster(Cluster.newBuilder().setClusterId(CLUSTER).setShardCount(2).setLog(log))
                .addShards(
                    ShardAssignment.newBuilder()
                        .setShard(0)
                        .setEpoch(1)
                        .setIncarnation(2)
                        .addReplicas("server-1"))
                .addShards(ShardAssignment.newBuilder().setShard(1).addReplicas("server-2"))
                .addNamespaces(namespace(NAMESPACE, NamespaceState.ACTIVE))
                .build());
    host.follow(map);
  }

  private static NamespaceEntry namespace(int id, NamespaceState state) {
    return NamespaceEntry.newBuilder()
        .setRules(NamespaceRules.newBuilder().setNamespaceId(id).setName("n-" + id))
        .setState(state)
        .build();
  }

  /** A namespace comes into the map, or goes on in its life. */
  void tellNamespace(int id, NamespaceState state) {
    map =
        map.with(
            map.revision() + 1,
            List.of(MapChange.newBuilder().setNamespace(namespace(id, state)).build()));
    namespaces.mapChanged();
  }

  private LogIdentity createLog() throws Exception {
    try (KafkaAdmin connected = KafkaAdmin.connect(kafka.bootstrapServers())) {
      Admin admin = connected.client();
      admin
          .createTopics(
              List.of(
                  new NewTopic("wal", 2, (short) 1)
                      .configs(Map.of("message.timestamp.type", "LogAppendTime"))))
          .all()
          .get();
      // A broker may not know a topic yet that was created a moment ago.
      TopicDescription topic =
          Awaitility.await()
              .atMost(Duration.ofSeconds(30))
              .ignoreException(ExecutionException.class)
              .until(
                  () -> admin.describeTopics(List.of("wal")).allTopicNames().get().get("wal"),
                  Objects::nonNull);
      return LogIdentity.newBuilder()
          .setTopic("wal")
          .setKafkaClusterId(kafka.clusterId())
          .setTopicId(topic.topicId().toString())
          .build();
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    listener.close();
    loops.close();
    feed.close();
    streams.close();
    waits.close();
    barriers.close();
    ticks.close();
    host.close();
    storage.close();
    metrics.close();
    wal.close();
    kafka.close();
  }

  /** How many replicas another server holds that was given the same node id, under the same map. */
  int replicasOfAnImpostor(Path directory) {
    try (ReplicaHost impostor =
        new ReplicaHost(
            "server-1",
            "instance-2",
            directory,
            storage,
            new WalConfig(kafka.bootstrapServers()),
            1,
            new ReplicaMetrics(metrics.registry(), storage))) {
      impostor.follow(map);
      return impostor.replicas().size();
    }
  }

  /** Whether the held replica has come to the log's first incarnation. */
  boolean started() {
    return host.replica(0).open().incarnation() == 2;
  }

  /** From now on nobody answers for the log. */
  void stopLog() {
    kafka.close();
  }

  /** How many marks of a kind this server has handed to the log. */
  double marks(String kind) {
    return metrics.registry().get("byssus.log.marks").tag("kind", kind).counter().count();
  }

  /** What the control plane would be told. */
  ReplicaReport report() {
    return UndroppedNamespaces.reports(map, host).get(0);
  }

  /** How many reads wait for barriers. */
  int waitingForBarriers() {
    return barriers.of(host.replica(0)).waiting();
  }

  /** How many streamed reads of single records wait for something. */
  int waitingGets() {
    return gets.waiting();
  }

  /** How often streamed reads of single records are told to have failed so. */
  double failedGets(ErrorCode code) {
    Counter failed =
        metrics.registry().find("byssus.server.gets.failed").tag("code", code.name()).counter();
    return failed == null ? 0 : failed.count();
  }

  /** How many streamed reads of single records are told to have been answered. */
  long answeredGets() {
    return metrics.registry().get("byssus.server.gets.latency").timer().count();
  }

  /** The offset behind the last record that the replica has applied. */
  long appliedOffset() {
    return host.replica(0).nextOffset();
  }

  ShardServiceGrpc.ShardServiceFutureStub futures() {
    return ShardServiceGrpc.newFutureStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  ShardServiceGrpc.ShardServiceStub streams() {
    return ShardServiceGrpc.newStub(channel);
  }

  ShardServiceGrpc.ShardServiceBlockingStub stub() {
    return ShardServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  WriterStamp nextStamp() {
    sequence++;
    return WriterStamp.newBuilder()
        .setWriterHigh(1)
        .setSequence(sequence)
        .setLowestOpen(sequence)
        .setAcceptUntilMs(System.currentTimeMillis() + 300_000)
        .build();
  }

  long put(String partitionKey, String sortKey, int bytes) {
    return put(nextStamp(), partitionKey, sortKey, bytes);
  }

  /** Writes a record of so many bytes and answers its position. */
  long put(WriterStamp stamp, String partitionKey, String sortKey, int bytes) {
    return write(
        NAMESPACE,
        stamp,
        partitionKey,
        Operation.newBuilder()
            .setSortKey(ByteString.copyFromUtf8(sortKey))
            .setPut(ByteString.copyFrom(new byte[bytes]))
            .build());
  }

  /** Writes to a namespace of LOG_ORDER that keeps three versions, and answers the position. */
  long write(int namespaceId, WriterStamp stamp, String partitionKey, Operation operation) {
    LogRecord record =
        LogRecord.newBuilder()
            .setFormatVersion(1)
            .setNamespaceId(namespaceId)
            .setRulesVersion(1)
            .setNamespaceRules(
                NamespaceRules.newBuilder()
                    .setNamespaceId(namespaceId)
                    .setVersion(1)
                    .setMaxVersions(3)
                    .setConflictRule(ConflictRule.LOG_ORDER))
            .setStamp(stamp)
            .setWriterTimeMs(System.currentTimeMillis())
            .setWrite(
                Write.newBuilder()
                    .setPartitionKey(home(partitionKey))
                    .setKeepOutcome(true)
                    .addOperations(operation))
            .build();
    return Position.pack(2, wal.append(0, record).join());
  }

  static ShardView at(long position) {
    return ShardView.newBuilder().setShard(0).setAtLeast(position).build();
  }

  static Key key(String partitionKey, String sortKey) {
    return Key.newBuilder()
        .setPartitionKey(home(partitionKey))
        .setSortKey(ByteString.copyFromUtf8(sortKey))
        .build();
  }

  /** A partition key of the shard that is held. */
  static ByteString home(String name) {
    return ofShard(0, name);
  }

  /** A partition key of a shard, in either namespace; the same for the same name. */
  static ByteString ofShard(int shard, String name) {
    for (int i = 0; ; i++) {
      ByteString key = ByteString.copyFromUtf8(name + "." + i);
      if (ShardHash.shard(NAMESPACE, key.toByteArray(), SHARDS) == shard
          && ShardHash.shard(ANOTHER_NAMESPACE, key.toByteArray(), SHARDS) == shard) {
        return key;
      }
    }
  }

  static ErrorCode errorOf(Runnable call) {
    return GrpcErrors.fromGrpc(
            assertThrows(StatusRuntimeException.class, call::run), ErrorCode.NO_REPLICA)
        .code();
  }
}
