package io.byssus.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.clustermap.ClusterImage;
import io.byssus.kafka.EmbeddedKafka;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.model.Position;
import io.byssus.process.GrpcListener;
import io.byssus.process.HostPort;
import io.byssus.process.ProcessMetrics;
import io.byssus.process.Readiness;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.internal.v1.AwaitAppliedRequest;
import io.byssus.proto.internal.v1.AwaitAppliedResponse;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.ClusterMap;
import io.byssus.proto.internal.v1.DumpReplicaRequest;
import io.byssus.proto.internal.v1.DumpReplicaResponse;
import io.byssus.proto.internal.v1.LogIdentity;
import io.byssus.proto.internal.v1.OutcomeKind;
import io.byssus.proto.internal.v1.ReplicaReport;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.ShardKeys;
import io.byssus.proto.internal.v1.ShardMultiGetRequest;
import io.byssus.proto.internal.v1.ShardMultiGetResponse;
import io.byssus.proto.internal.v1.ShardScanRequest;
import io.byssus.proto.internal.v1.ShardScanResponse;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.internal.v1.WatchReplicasRequest;
import io.byssus.proto.internal.v1.WatchReplicasResponse;
import io.byssus.proto.kv.v1.GetResponse;
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
import io.byssus.wal.KafkaWal;
import io.byssus.wal.WalConfig;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server's read calls over real gRPC, with a real log behind its replicas. Shard 0 is held, shard
 * 1 is not.
 */
class ReadServiceTest {
  private static final String CLUSTER = "cluster-1";
  private static final int NAMESPACE = 5;

  @TempDir static Path directory;
  private static EmbeddedKafka kafka;
  private static KafkaWal wal;
  private static NodeStorage storage;
  private static ProcessMetrics metrics;
  private static ReplicaHost host;
  private static ReadWaits waits;
  private static ReplicaFeed feed;
  private static GrpcListener listener;
  private static ManagedChannel channel;
  private static long sequence;

  @BeforeAll
  static void start() throws Exception {
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
            directory.resolve("shards"),
            storage,
            config,
            1,
            new ReplicaMetrics(metrics.registry(), storage));
    waits = new ReadWaits(2);
    feed = new ReplicaFeed(host);
    listener =
        GrpcListener.on(new HostPort("127.0.0.1", 0), new Readiness(), metrics.registry())
            .service(new ReadService(host, waits, feed))
            .endless(ShardServiceGrpc.getWatchReplicasMethod())
            .start();
    channel =
        NettyChannelBuilder.forTarget(listener.address().toString())
            .usePlaintext()
            .maxInboundMessageSize(8 << 20)
            .build();
    host.follow(
        ClusterImage.of(
            ClusterMap.newBuilder()
                .setRevision(1)
                .setCluster(Cluster.newBuilder().setClusterId(CLUSTER).setShardCount(2).setLog(log))
                .addShards(
                    ShardAssignment.newBuilder()
                        .setShard(0)
                        .setEpoch(1)
                        .setIncarnation(2)
                        .addReplicas("server-1"))
                .addShards(ShardAssignment.newBuilder().setShard(1).addReplicas("server-2"))
                .build()));
  }

  private static LogIdentity createLog() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic("wal", 2, (short) 1)
                      .configs(Map.of("message.timestamp.type", "LogAppendTime"))))
          .all()
          .get();
      return LogIdentity.newBuilder()
          .setTopic("wal")
          .setKafkaClusterId(kafka.clusterId())
          .setTopicId(
              admin
                  .describeTopics(List.of("wal"))
                  .allTopicNames()
                  .get()
                  .get("wal")
                  .topicId()
                  .toString())
          .build();
    }
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    listener.close();
    feed.close();
    waits.close();
    host.close();
    storage.close();
    metrics.close();
    wal.close();
    kafka.close();
  }

  private static ShardServiceGrpc.ShardServiceBlockingStub stub() {
    return ShardServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  private static WriterStamp nextStamp() {
    sequence++;
    return WriterStamp.newBuilder()
        .setWriterHigh(1)
        .setSequence(sequence)
        .setLowestOpen(sequence)
        .setAcceptUntilMs(System.currentTimeMillis() + 300_000)
        .build();
  }

  private static long put(String partitionKey, String sortKey, int bytes) {
    return put(nextStamp(), partitionKey, sortKey, bytes);
  }

  /** Writes a record of so many bytes and answers its position. */
  private static long put(WriterStamp stamp, String partitionKey, String sortKey, int bytes) {
    LogRecord record =
        LogRecord.newBuilder()
            .setFormatVersion(1)
            .setNamespaceId(NAMESPACE)
            .setRulesVersion(1)
            .setNamespaceRules(
                NamespaceRules.newBuilder()
                    .setNamespaceId(NAMESPACE)
                    .setVersion(1)
                    .setConflictRule(ConflictRule.LOG_ORDER))
            .setStamp(stamp)
            .setWriterTimeMs(System.currentTimeMillis())
            .setWrite(
                Write.newBuilder()
                    .setPartitionKey(ByteString.copyFromUtf8(partitionKey))
                    .setKeepOutcome(true)
                    .addOperations(
                        Operation.newBuilder()
                            .setSortKey(ByteString.copyFromUtf8(sortKey))
                            .setPut(ByteString.copyFrom(new byte[bytes]))))
            .build();
    return Position.pack(2, wal.append(0, record).join());
  }

  private static ShardView at(long position) {
    return ShardView.newBuilder().setShard(0).setAtLeast(position).build();
  }

  private static Key key(String partitionKey, String sortKey) {
    return Key.newBuilder()
        .setPartitionKey(ByteString.copyFromUtf8(partitionKey))
        .setSortKey(ByteString.copyFromUtf8(sortKey))
        .build();
  }

  private static ErrorCode errorOf(Runnable call) {
    return GrpcErrors.fromGrpc(
            assertThrows(StatusRuntimeException.class, call::run), ErrorCode.NO_REPLICA)
        .code();
  }

  @Test
  void aReadWaitsForThePositionItAsksFor() {
    long position = put("wait", "", 3);
    GetResponse answer =
        stub()
            .get(
                ShardGetRequest.newBuilder()
                    .setView(at(position))
                    .setNamespaceId(NAMESPACE)
                    .setKey(key("wait", ""))
                    .build());
    assertEquals(3, answer.getRecord().getValue().size());
    assertEquals(position, answer.getRecord().getVersion());
    assertTrue(Long.compareUnsigned(answer.getContext().getPosition(), position) >= 0);
  }

  @Test
  void aReadOfAFuturePositionSaysThatTheReplicaIsBehindBeforeTheDeadline() {
    ShardGetRequest future =
        ShardGetRequest.newBuilder()
            .setView(at(Position.pack(2, 1_000_000)))
            .setNamespaceId(NAMESPACE)
            .setKey(key("x", ""))
            .build();
    assertEquals(
        ErrorCode.REPLICA_BEHIND,
        errorOf(() -> stub().withDeadlineAfter(500, TimeUnit.MILLISECONDS).get(future)));
  }

  @Test
  void aPositionOfAnOlderIncarnationIsALostSession() {
    put("session", "", 1);
    ShardGetRequest old =
        ShardGetRequest.newBuilder()
            .setView(at(Position.pack(1, 0)))
            .setNamespaceId(NAMESPACE)
            .setKey(key("session", ""))
            .build();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> host.replica(0).open().incarnation() == 2);
    assertEquals(ErrorCode.SESSION_LOST, errorOf(() -> stub().get(old)));
  }

  @Test
  void aShardThatIsNotHereIsNotHere() {
    ShardGetRequest elsewhere =
        ShardGetRequest.newBuilder()
            .setView(ShardView.newBuilder().setShard(1))
            .setKey(key("x", ""))
            .build();
    assertEquals(ErrorCode.SHARD_NOT_HERE, errorOf(() -> stub().get(elsewhere)));
  }

  @Test
  void aMultiGetAnswersEachKeyForItself() {
    long position = put("multi", "a", 10);
    ShardMultiGetResponse answer =
        stub()
            .multiGet(
                ShardMultiGetRequest.newBuilder()
                    .setNamespaceId(NAMESPACE)
                    .addShards(
                        ShardKeys.newBuilder()
                            .setView(at(position))
                            .addKeys(key("multi", "a"))
                            .addKeys(key("multi", "none")))
                    .addShards(
                        ShardKeys.newBuilder()
                            .setView(ShardView.newBuilder().setShard(1))
                            .addKeys(key("other", "")))
                    .build());
    assertTrue(answer.getShards(0).getResults(0).hasRecord());
    assertTrue(answer.getShards(0).getResults(1).hasAbsent());
    assertEquals("SHARD_NOT_HERE", answer.getShards(1).getResults(0).getError().getReason());
    assertFalse(answer.getShards(1).hasContext());
  }

  @Test
  void aMultiGetStopsAtItsBytes() {
    put("full", "a", 1_000);
    long position = put("full", "b", 1_000);
    ShardMultiGetResponse answer =
        stub()
            .multiGet(
                ShardMultiGetRequest.newBuilder()
                    .setNamespaceId(NAMESPACE)
                    .setMaxBytes(1_500)
                    .addShards(
                        ShardKeys.newBuilder()
                            .setView(at(position))
                            .addKeys(key("full", "a"))
                            .addKeys(key("full", "b")))
                    .build());
    assertTrue(answer.getShards(0).getResults(0).hasRecord());
    assertEquals("OVERLOADED", answer.getShards(0).getResults(1).getError().getReason());
  }

  @Test
  void aScanStreamsInPiecesAndGoesOnAfterAnyOfThem() {
    long position = 0;
    for (int i = 0; i < 40; i++) {
      position = put("scan", String.format("%02d", i), 20_000);
    }
    ShardScanRequest whole =
        ShardScanRequest.newBuilder()
            .setView(at(position))
            .setNamespaceId(NAMESPACE)
            .setPartitionKey(ByteString.copyFromUtf8("scan"))
            .build();
    List<ShardScanResponse> pieces = new ArrayList<>();
    stub().scan(whole).forEachRemaining(pieces::add);
    assertTrue(pieces.size() > 2, "800 KB in one piece");
    assertEquals(40, pieces.stream().mapToInt(ShardScanResponse::getRecordsCount).sum());
    assertTrue(pieces.get(pieces.size() - 1).getEnd());
    assertFalse(pieces.get(0).getEnd());

    ShardScanRequest rest =
        whole.toBuilder()
            .setStart(ByteString.copyFromUtf8("37"))
            .setAfterStart(true)
            .setLimit(1)
            .build();
    ShardScanResponse piece = stub().scan(rest).next();
    assertEquals("38", piece.getRecords(0).getSortKey().toStringUtf8());
    assertEquals(1, piece.getRecordsCount());
    assertFalse(piece.getEnd());
  }

  @Test
  void whoWaitsForAWriteHearsWhatBecameOfIt() {
    WriterStamp stamp = nextStamp();
    long position = put(stamp, "outcome", "", 1);
    AwaitAppliedResponse answer =
        stub()
            .awaitApplied(
                AwaitAppliedRequest.newBuilder()
                    .setView(at(position))
                    .setStamp(
                        io.byssus.proto.kv.v1.WriterStamp.newBuilder()
                            .setWriterId(
                                ByteString.copyFrom(
                                    ByteBuffer.allocate(16).putLong(1).putLong(0).array()))
                            .setSequence(stamp.getSequence())
                            .setLowestOpen(stamp.getLowestOpen())
                            .setAcceptUntilMs(stamp.getAcceptUntilMs()))
                    .build());
    assertEquals(OutcomeKind.OUTCOME_APPLIED, answer.getOutcome().getKind());
    assertEquals(position, answer.getOutcome().getVersion());
  }

  @Test
  void aDumpHoldsEverythingAndItsDigest() {
    long position = put("dump", "", 7);
    int records = 0;
    DumpReplicaResponse last = null;
    Iterator<DumpReplicaResponse> pieces =
        stub().dumpReplica(DumpReplicaRequest.newBuilder().setView(at(position)).build());
    while (pieces.hasNext()) {
      last = pieces.next();
      records += last.getRecordsCount();
    }
    assertTrue(records >= 1);
    assertTrue(last.getEnd());
    assertTrue(last.getDigest() != 0);
  }

  @Test
  void watchersAreToldHowTheReplicasStand() {
    long position = put("watch", "", 1);
    Iterator<WatchReplicasResponse> steps =
        stub().watchReplicas(WatchReplicasRequest.getDefaultInstance());
    while (true) {
      for (ReplicaReport report : steps.next().getReplicasList()) {
        if (report.getState() == ReplicaState.CAUGHT_UP
            && Long.compareUnsigned(report.getAppliedPosition(), position) >= 0) {
          return;
        }
      }
    }
  }
}
