package io.byssus.dispatcher;

import static io.byssus.dispatcher.TestCluster.await;
import static io.byssus.dispatcher.TestCluster.bytes;
import static io.byssus.dispatcher.TestCluster.failure;
import static io.byssus.dispatcher.TestCluster.key;
import static io.byssus.dispatcher.TestCluster.putRequest;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.dispatcher.calls.Stamps;
import io.byssus.dispatcher.calls.TestHooks;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Limits;
import io.byssus.model.Position;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.kv.v1.DeleteRequest;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.Remove;
import io.byssus.proto.kv.v1.WriteBatchRequest;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.kv.v1.WriteResponse;
import io.byssus.proto.kv.v1.WriterStamp;
import io.byssus.proto.log.v1.LogRecord;
import io.grpc.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Writes through a real dispatcher into a log in memory. */
class WriteTest {
  private TestCluster cluster;

  @BeforeEach
  void start() throws Exception {
    cluster = new TestCluster(2);
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  @Test
  void whatIsPutIsInTheLogAndCanBeReadAndRemoved() throws Exception {
    WriteResponse put = cluster.put("de", "berlin", "3.6M");
    LogRecord record = cluster.log(put.getShard()).get(0);
    assertEquals(Position.pack(1, 0), put.getPosition());
    assertEquals(Limits.LOG_FORMAT_VERSION, record.getFormatVersion());
    assertEquals(cluster.namespace.getRules().getNamespaceId(), record.getNamespaceId());
    assertEquals(cluster.namespace.getRules().getVersion(), record.getRulesVersion());
    assertEquals(bytes("de"), record.getWrite().getPartitionKey());
    assertEquals(bytes("3.6M"), record.getWrite().getOperations(0).getPut());
    assertFalse(record.getWrite().getKeepOutcome());
    assertEquals(bytes("3.6M"), cluster.get("de", "berlin").getRecord().getValue());

    cluster
        .kv()
        .delete(
            DeleteRequest.newBuilder()
                .setNamespace(TestCluster.NAMESPACE)
                .setKey(key("de", "berlin"))
                .build());
    assertFalse(cluster.get("de", "berlin").hasRecord());
  }

  @Test
  void aBatchIsOneRecordOfTheLog() throws Exception {
    WriteResponse written =
        cluster
            .kv()
            .writeBatch(
                WriteBatchRequest.newBuilder()
                    .setNamespace(TestCluster.NAMESPACE)
                    .setPartitionKey(bytes("de"))
                    .addOperations(put("a", "1"))
                    .addOperations(put("b", "2"))
                    .addOperations(
                        WriteOperation.newBuilder()
                            .setSortKey(bytes("c"))
                            .setRemove(Remove.getDefaultInstance()))
                    .build());
    assertEquals(1, cluster.logged());
    LogRecord record = cluster.log(written.getShard()).get(0);
    assertEquals(3, record.getWrite().getOperationsCount());
    assertTrue(record.getWrite().getOperations(2).hasDelete());
    assertEquals(bytes("2"), cluster.get("de", "b").getRecord().getValue());
  }

  @Test
  void theLargestAllowedWritesPass() throws Exception {
    ByteString value = ByteString.copyFrom(new byte[Limits.MAX_VALUE_BYTES]);
    PutRequest put =
        putRequest("p", "", "").toBuilder()
            .setKey(
                key("p", "").toBuilder()
                    .setSortKey(ByteString.copyFrom(new byte[Limits.MAX_KEY_BYTES - 1])))
            .setValue(value)
            .build();
    cluster.kv().put(put);
    WriteBatchRequest.Builder batch =
        WriteBatchRequest.newBuilder()
            .setNamespace(TestCluster.NAMESPACE)
            .setPartitionKey(bytes("p"));
    int bytesLeft = Limits.MAX_BATCH_BYTES - 1;
    for (int i = 0; i < Limits.MAX_BATCH_OPERATIONS; i++) {
      ByteString sortKey = bytes(String.format("%04d", i));
      bytesLeft -= sortKey.size();
      batch.addOperations(WriteOperation.newBuilder().setSortKey(sortKey).setPut(ByteString.EMPTY));
    }
    for (int i = 0; bytesLeft > 0; i++) {
      int size = Math.min(bytesLeft, Limits.MAX_VALUE_BYTES);
      batch.setOperations(
          i,
          batch.getOperations(i).toBuilder().setPut(ByteString.copyFrom(new byte[size])).build());
      bytesLeft -= size;
    }
    cluster.kv().writeBatch(batch.build());
    assertEquals(2, cluster.logged());
  }

  @Test
  void everyProblemOfARequestIsNamed() {
    PutRequest request =
        PutRequest.newBuilder()
            .setNamespace("Not A Name")
            .setValue(ByteString.copyFrom(new byte[Limits.MAX_VALUE_BYTES + 1]))
            .build();
    ByssusException error = failure(() -> cluster.kv().put(request));
    assertEquals(ErrorCode.INVALID_REQUEST, error.code());
    assertEquals(
        List.of("namespace", "key.partition_key", "value"),
        error.problems().stream().map(problem -> problem.field()).toList());
    assertEquals(0, cluster.logged());
  }

  @Test
  void aBatchWithAThousandProblemsStillGetsItsPendingWrite() {
    WriteBatchRequest.Builder batch =
        WriteBatchRequest.newBuilder()
            .setNamespace(TestCluster.NAMESPACE)
            .setPartitionKey(bytes("p"));
    for (int i = 0; i < 1_500; i++) {
      batch.addOperations(WriteOperation.newBuilder().setSortKey(bytes("same")));
    }
    ByssusException error = failure(() -> cluster.kv().writeBatch(batch.build()));
    assertEquals(ErrorCode.INVALID_REQUEST, error.code());
    assertEquals(9, error.problems().size());
  }

  @Test
  void rulesTravelUntilTheShardHasAcknowledgedThem() throws Exception {
    cluster.wal.hold();
    List<PendingWrite> first = List.of(async("de", "a"), async("de", "b"));
    await().until(() -> cluster.logged() == 2);
    cluster.wal.release();
    for (PendingWrite answer : first) {
      answer.value();
    }
    int shard = cluster.put("de", "c", "").getShard();
    assertEquals(
        List.of(true, true, false),
        cluster.log(shard).stream().map(LogRecord::hasNamespaceRules).toList());
    assertEquals(cluster.namespace.getRules(), cluster.log(shard).get(0).getNamespaceRules());
  }

  @Test
  void theDispatchersOwnStampsCountUpPerShard() throws Exception {
    int shard = 0;
    for (int i = 0; i < 3; i++) {
      shard = cluster.put("de", "a" + i, "").getShard();
    }
    List<LogRecord> log = cluster.log(shard);
    for (int i = 0; i < 3; i++) {
      assertEquals(i + 1, log.get(i).getStamp().getSequence());
      assertEquals(i + 1, log.get(i).getStamp().getLowestOpen());
      assertEquals(log.get(0).getStamp().getWriterHigh(), log.get(i).getStamp().getWriterHigh());
      long ahead = log.get(i).getStamp().getAcceptUntilMs() - cluster.now();
      assertTrue(ahead > 4 * 60_000 && ahead <= 5 * 60_000, "is " + ahead);
    }
  }

  @Test
  void atAFullWindowWritesWaitAndTheLogSeesNoWiderStamp() throws Exception {
    cluster.wal.hold();
    List<PendingWrite> answers = new ArrayList<>();
    for (int i = 0; i < Limits.WRITER_WINDOW; i++) {
      answers.add(async("de", "a" + i));
    }
    await().until(() -> cluster.logged() == Limits.WRITER_WINDOW);
    ByssusException late =
        cluster.failureWithin(Duration.ofMillis(300), kv -> kv.put(putRequest("de", "late", "")));
    assertEquals(ErrorCode.LOG_UNAVAILABLE, late.code());
    cluster.awaitWaiting(0);
    answers.add(async("de", "waits"));
    cluster.awaitWaiting(1);
    cluster.wal.release();
    int shard = 0;
    for (PendingWrite answer : answers) {
      shard = answer.value().getShard();
    }
    List<LogRecord> log = cluster.log(shard);
    assertEquals(Limits.WRITER_WINDOW + 1, log.size());
    assertTrue(
        log.stream()
            .map(LogRecord::getStamp)
            .allMatch(s -> s.getSequence() - s.getLowestOpen() < Limits.WRITER_WINDOW));
    assertEquals(
        LongStream.rangeClosed(1, Limits.WRITER_WINDOW + 1).boxed().toList(),
        log.stream().map(record -> record.getStamp().getSequence()).sorted().toList());
  }

  @Test
  void aCallersStampGoesIntoTheLogAsItIs() throws Exception {
    WriterStamp stamp = stamp(7, 3, Duration.ofMinutes(5));
    WriteResponse written = cluster.kv().put(stamped(stamp));
    io.byssus.proto.log.v1.WriterStamp logged = cluster.log(written.getShard()).get(0).getStamp();
    assertEquals(stamp, Stamps.toCaller(logged));
  }

  @Test
  void aStampOfAnotherNamespaceIdIsRefused() {
    PutRequest request = stamped(stamp(1, 1, Duration.ofMinutes(5)));
    PutRequest other =
        request.toBuilder().setOptions(request.getOptions().toBuilder().setNamespaceId(99)).build();
    assertEquals(ErrorCode.NAMESPACE_CHANGED, failure(() -> cluster.kv().put(other)).code());
  }

  @Test
  void acceptUntilMustBeTwoToTenMinutesAhead() {
    for (Duration bad : List.of(Duration.ofSeconds(110), Duration.ofSeconds(610))) {
      assertEquals(
          ErrorCode.WRITE_EXPIRED,
          failure(() -> cluster.kv().put(stamped(stamp(1, 1, bad)))).code());
    }
    assertEquals(0, cluster.logged());
    cluster.kv().put(stamped(stamp(1, 1, Duration.ofSeconds(130))));
    cluster.kv().put(stamped(stamp(2, 1, Duration.ofSeconds(590))));
    assertEquals(2, cluster.logged());
  }

  @Test
  void aWriteThatTheLogDidNotTakeIsCertainlyNotWritten() {
    cluster.wal.setAvailable(false);
    assertEquals(ErrorCode.LOG_UNAVAILABLE, failure(() -> cluster.put("de", "a", "")).code());
    cluster.wal.setAvailable(true);
    cluster.put("de", "a", "");
  }

  @Test
  void aWriteThatTheLogDoesNotPendingWriteForIsIndeterminateBeforeTheDeadline() {
    cluster.wal.hold();
    ByssusException error =
        cluster.failureWithin(Duration.ofMillis(400), kv -> kv.put(putRequest("de", "a", "")));
    assertEquals(ErrorCode.INDETERMINATE, error.code());
    assertTrue(cluster.logged() > 0);
  }

  @Test
  void aWriteThatItsCallerGaveUpStaysOpenUntilTheLogHasPendingWriteed() throws Exception {
    cluster.wal.hold();
    Context.CancellableContext caller = Context.current().withCancellation();
    caller.run(() -> async("de", "given-up"));
    await().until(() -> cluster.logged() == 1);
    caller.cancel(null);
    await()
        .until(() -> TestCluster.metric(cluster.dispatcher, "byssus_dispatcher_writes_bytes") == 0);
    PendingWrite second = async("de", "second");
    await().until(() -> cluster.logged() == 2);
    cluster.wal.release();
    int shard = second.value().getShard();
    cluster.put("de", "third", "");
    assertEquals(
        List.of(1L, 1L, 3L),
        cluster.log(shard).stream().map(record -> record.getStamp().getLowestOpen()).toList());
  }

  @Test
  void anPendingWriteTooNearToAcceptUntilIsIndeterminate() throws Exception {
    cluster.wal.hold();
    PendingWrite answer = async("de", "a");
    await().until(() -> cluster.logged() == 1);
    cluster.clockAheadMillis.set(Duration.ofMinutes(3).plusSeconds(5).toMillis());
    cluster.wal.release();
    assertEquals(ErrorCode.INDETERMINATE, answer.error().code());
  }

  @Test
  void writesToAShardWhoseReplicasAllLagAreRefused() {
    cluster.server(1).standAs(ReplicaState.CATCHING_UP, 61_000, 100);
    cluster.put("de", "a", "");
    cluster.server(2).standAs(ReplicaState.CATCHING_UP, 90_000, 100);
    await()
        .untilAsserted(
            () ->
                assertEquals(
                    ErrorCode.SHARD_LAGGING, failure(() -> cluster.put("de", "b", "")).code()));
    // Old, but nothing to fetch: Kafka is away, and the log will say so itself.
    cluster.server(2).standAs(ReplicaState.CATCHING_UP, 90_000, 0);
    await().ignoreExceptions().until(() -> cluster.put("de", "b", "").getPosition() != 0);
  }

  @Test
  void aCancelledWriteFreesItsPlaceInTheLine() throws Exception {
    cluster.wal.hold();
    List<PendingWrite> answers = new ArrayList<>();
    for (int i = 0; i < Limits.WRITER_WINDOW; i++) {
      answers.add(async("de", "a" + i));
    }
    await().until(() -> cluster.logged() == Limits.WRITER_WINDOW);
    Context.CancellableContext context = Context.current().withCancellation();
    context.run(() -> async("de", "cancelled"));
    cluster.awaitWaiting(1);
    context.cancel(null);
    cluster.awaitWaiting(0);
    cluster.wal.release();
    for (PendingWrite answer : answers) {
      answer.value();
    }
    int shard = cluster.put("de", "after", "").getShard();
    assertTrue(
        cluster.log(shard).stream()
            .noneMatch(
                record ->
                    record.getWrite().getOperations(0).getSortKey().equals(bytes("cancelled"))));
  }

  @Test
  void theHookAcknowledgesBeforeTheLogDoes() throws Exception {
    try (TestCluster hooked = new TestCluster(1, new TestHooks(true, false))) {
      hooked.wal.hold();
      hooked.put("de", "a", "");
      assertEquals(1, hooked.logged());
    }
  }

  private static WriteOperation put(String sortKey, String value) {
    return WriteOperation.newBuilder().setSortKey(bytes(sortKey)).setPut(bytes(value)).build();
  }

  private PutRequest stamped(WriterStamp stamp) {
    return putRequest("de", "a", "").toBuilder()
        .setOptions(
            WriteOptions.newBuilder()
                .setStamp(stamp)
                .setNamespaceId(cluster.namespace.getRules().getNamespaceId()))
        .build();
  }

  private WriterStamp stamp(long sequence, long lowestOpen, Duration ahead) {
    return WriterStamp.newBuilder()
        .setWriterId(ByteString.copyFromUtf8("0123456789abcdef"))
        .setSequence(sequence)
        .setLowestOpen(lowestOpen)
        .setAcceptUntilMs(cluster.now() + ahead.toMillis())
        .build();
  }

  private PendingWrite async(String partitionKey, String sortKey) {
    return async(putRequest(partitionKey, sortKey, ""));
  }

  private PendingWrite async(PutRequest request) {
    return PendingWrite.of(cluster, request);
  }
}
