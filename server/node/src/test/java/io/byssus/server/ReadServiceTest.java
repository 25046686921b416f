package io.byssus.server;

import static io.byssus.server.ServedShard.NAMESPACE;
import static io.byssus.server.ServedShard.at;
import static io.byssus.server.ServedShard.errorOf;
import static io.byssus.server.ServedShard.home;
import static io.byssus.server.ServedShard.key;
import static io.byssus.server.ServedShard.ofShard;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.model.ErrorCode;
import io.byssus.model.Position;
import io.byssus.model.ShardHash;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.internal.v1.AwaitAppliedRequest;
import io.byssus.proto.internal.v1.DumpReplicaRequest;
import io.byssus.proto.internal.v1.DumpReplicaResponse;
import io.byssus.proto.internal.v1.NamespaceSize;
import io.byssus.proto.internal.v1.NamespaceSizesRequest;
import io.byssus.proto.internal.v1.NamespaceSizesResponse;
import io.byssus.proto.internal.v1.OutcomeKind;
import io.byssus.proto.internal.v1.ReplicaReport;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.ShardKeys;
import io.byssus.proto.internal.v1.ShardListVersionsRequest;
import io.byssus.proto.internal.v1.ShardListVersionsResponse;
import io.byssus.proto.internal.v1.ShardMultiGetRequest;
import io.byssus.proto.internal.v1.ShardMultiGetResponse;
import io.byssus.proto.internal.v1.ShardScanNamespaceRequest;
import io.byssus.proto.internal.v1.ShardScanRequest;
import io.byssus.proto.internal.v1.ShardScanResponse;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.internal.v1.WatchReplicasRequest;
import io.byssus.proto.internal.v1.WatchReplicasResponse;
import io.byssus.proto.internal.v1.WriteOutcome;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.RecordVersion;
import io.byssus.proto.kv.v1.WriteFailureReason;
import io.byssus.proto.log.v1.Condition;
import io.byssus.proto.log.v1.MustBeAbsent;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.WriterStamp;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadServiceTest {
  @TempDir static Path directory;
  private static ServedShard shard;

  @BeforeAll
  static void start() throws Exception {
    shard = new ServedShard(directory);
  }

  @AfterAll
  static void stop() {
    shard.close();
  }

  @Test
  void aReadWaitsForThePositionItAsksFor() {
    long position = shard.put("wait", "", 3);
    GetResponse answer =
        shard
            .stub()
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
    // A busy machine may answer after the deadline now and then, but not always.
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                errorOf(
                        () ->
                            shard.stub().withDeadlineAfter(500, TimeUnit.MILLISECONDS).get(future))
                    == ErrorCode.REPLICA_BEHIND);
  }

  @Test
  void aPositionOfAnOlderIncarnationIsALostSession() {
    shard.put("session", "", 1);
    ShardGetRequest old =
        ShardGetRequest.newBuilder()
            .setView(at(Position.pack(1, 0)))
            .setNamespaceId(NAMESPACE)
            .setKey(key("session", ""))
            .build();
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> shard.started());
    assertEquals(ErrorCode.SESSION_LOST, errorOf(() -> shard.stub().get(old)));
  }

  @Test
  void aShardThatIsNotHereIsNotHere() {
    ShardGetRequest elsewhere =
        ShardGetRequest.newBuilder()
            .setView(ShardView.newBuilder().setShard(1))
            .setKey(key("x", ""))
            .build();
    assertEquals(ErrorCode.SHARD_NOT_HERE, errorOf(() -> shard.stub().get(elsewhere)));
  }

  @Test
  void aMultiGetAnswersEachKeyForItself() {
    long position = shard.put("multi", "a", 10);
    ShardMultiGetResponse answer =
        shard
            .stub()
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
                            .addKeys(Key.newBuilder().setPartitionKey(ofShard(1, "other"))))
                    .build());
    assertTrue(answer.getShards(0).getResults(0).hasRecord());
    assertTrue(answer.getShards(0).getResults(1).hasAbsent());
    assertEquals("SHARD_NOT_HERE", answer.getShards(1).getResults(0).getError().getReason());
    assertFalse(answer.getShards(1).hasContext());
  }

  @Test
  void aMultiGetStopsAtItsBytes() {
    shard.put("full", "a", 1_000);
    long position = shard.put("full", "b", 1_000);
    ShardMultiGetResponse answer =
        shard
            .stub()
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
      position = shard.put("scan", String.format("%02d", i), 20_000);
    }
    ShardScanRequest whole =
        ShardScanRequest.newBuilder()
            .setView(at(position))
            .setNamespaceId(NAMESPACE)
            .setPartitionKey(home("scan"))
            .build();
    List<ShardScanResponse> pieces = new ArrayList<>();
    shard.stub().scan(whole).forEachRemaining(pieces::add);
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
    ShardScanResponse piece = shard.stub().scan(rest).next();
    assertEquals("38", piece.getRecords(0).getSortKey().toStringUtf8());
    assertEquals(1, piece.getRecordsCount());
    assertFalse(piece.getEnd());
  }

  @Test
  void whoWaitsForAWriteHearsWhatBecameOfIt() {
    WriterStamp stamp = shard.nextStamp();
    long position = shard.put(stamp, "outcome", "", 1);
    WriteOutcome outcome = outcome(stamp, position);
    assertEquals(OutcomeKind.OUTCOME_APPLIED, outcome.getKind());
    assertEquals(position, outcome.getVersion());
  }

  private static WriteOutcome outcome(WriterStamp stamp, long position) {
    return shard
        .stub()
        .awaitApplied(
            AwaitAppliedRequest.newBuilder()
                .setView(at(position))
                .addStamps(
                    io.byssus.proto.kv.v1.WriterStamp.newBuilder()
                        .setWriterId(
                            ByteString.copyFrom(
                                ByteBuffer.allocate(16).putLong(1).putLong(0).array()))
                        .setSequence(stamp.getSequence())
                        .setLowestOpen(stamp.getLowestOpen())
                        .setAcceptUntilMs(stamp.getAcceptUntilMs()))
                .build())
        .getOutcomes(0);
  }

  @Test
  void whoWaitsForAWriteHearsWhyItTookNoEffect() {
    long there = shard.put("failed", "", 1);
    WriterStamp stamp = shard.nextStamp();
    long position =
        shard.write(
            NAMESPACE,
            stamp,
            "failed",
            Operation.newBuilder()
                .setPut(ByteString.EMPTY)
                .setCondition(Condition.newBuilder().setAbsent(MustBeAbsent.getDefaultInstance()))
                .build());
    WriteOutcome outcome = outcome(stamp, position);
    assertEquals(OutcomeKind.OUTCOME_FAILED, outcome.getKind());
    assertEquals(WriteFailureReason.CONDITION_NOT_MET, outcome.getFailure().getReason());
    assertEquals(there, outcome.getFailure().getVersion());
  }

  @Test
  void versionsAreReadAndListed() {
    long first = shard.put("versions", "", 1);
    long second = shard.put("versions", "", 2);
    ShardGetRequest at =
        ShardGetRequest.newBuilder()
            .setView(at(second))
            .setNamespaceId(NAMESPACE)
            .setKey(key("versions", ""))
            .setAtVersion(second - 1)
            .build();
    assertEquals(first, shard.stub().get(at).getRecord().getVersion());
    assertFalse(shard.stub().get(at.toBuilder().setAtVersion(first - 1).build()).hasRecord());
    ShardListVersionsRequest list =
        ShardListVersionsRequest.newBuilder()
            .setView(at(second))
            .setNamespaceId(NAMESPACE)
            .setKey(key("versions", ""))
            .setLimit(10)
            .build();
    ShardListVersionsResponse all = shard.stub().listVersions(list);
    assertEquals(
        List.of(second, first),
        all.getVersionsList().stream().map(RecordVersion::getVersion).toList());
    assertEquals(2, all.getVersions(0).getValue().size());
    assertTrue(all.getEnd());
    assertTrue(Long.compareUnsigned(all.getContext().getSeenPosition(), second) >= 0);
    ShardListVersionsResponse oldest =
        shard.stub().listVersions(list.toBuilder().setOldestFirst(true).setLimit(1).build());
    assertEquals(first, oldest.getVersions(0).getVersion());
    assertFalse(oldest.getEnd());
  }

  @Test
  void aNamespaceIsStreamedAndItsSizeTold() {
    long position = shard.put("whole", "", 1);
    List<ByteString> keys = new ArrayList<>();
    shard
        .stub()
        .scanNamespace(
            ShardScanNamespaceRequest.newBuilder()
                .setView(at(position))
                .setNamespaceId(NAMESPACE)
                .build())
        .forEachRemaining(
            piece -> piece.getRecordsList().forEach(r -> keys.add(r.getKey().getPartitionKey())));
    assertTrue(keys.contains(home("whole")));
    NamespaceSizesResponse sizes =
        shard
            .stub()
            .namespaceSizes(
                NamespaceSizesRequest.newBuilder()
                    .setNamespaceId(NAMESPACE)
                    .addShards(0)
                    .addShards(1)
                    .build());
    assertEquals(List.of(0), sizes.getSizesList().stream().map(NamespaceSize::getShard).toList());
    assertTrue(sizes.getSizes(0).getRecordsEstimate() >= 1);
  }

  @Test
  void aCallThatNoDispatcherWouldMakeIsRefused() {
    ShardGetRequest stray =
        ShardGetRequest.newBuilder()
            .setView(at(0))
            .setNamespaceId(NAMESPACE)
            .setKey(Key.newBuilder().setPartitionKey(ofShard(1, "stray")))
            .build();
    assertEquals(ErrorCode.INVALID_REQUEST, errorOf(() -> shard.stub().get(stray)));
    ShardGetRequest unknown = stray.toBuilder().setNamespaceId(1).setKey(unknownsKey()).build();
    assertEquals(ErrorCode.NAMESPACE_NOT_FOUND, errorOf(() -> shard.stub().get(unknown)));
  }

  private static Key unknownsKey() {
    int i = 0;
    while (ShardHash.shard(1, new byte[] {(byte) i}, 2) != 0) {
      i++;
    }
    return Key.newBuilder().setPartitionKey(ByteString.copyFrom(new byte[] {(byte) i})).build();
  }

  @Test
  void aDumpHoldsEverythingAndItsDigest() {
    long position = shard.put("dump", "", 7);
    int records = 0;
    DumpReplicaResponse last = null;
    Iterator<DumpReplicaResponse> pieces =
        shard.stub().dumpReplica(DumpReplicaRequest.newBuilder().setView(at(position)).build());
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
    long position = shard.put("watch", "", 1);
    Iterator<WatchReplicasResponse> steps =
        shard.stub().watchReplicas(WatchReplicasRequest.getDefaultInstance());
    while (true) {
      for (ReplicaReport report : steps.next().getReplicasList()) {
        if (report.getState() == ReplicaState.CAUGHT_UP
            && Long.compareUnsigned(report.getAppliedPosition(), position) >= 0) {
          return;
        }
      }
    }
  }

  @Test
  void aServerWhoseNodeIdBelongsToAnotherHoldsNothing() {
    assertEquals(0, shard.replicasOfAnImpostor(directory.resolve("impostor")));
  }
}
