package io.byssus.dispatcher;

import static io.byssus.dispatcher.TestCluster.bytes;
import static io.byssus.dispatcher.TestCluster.failure;
import static io.byssus.dispatcher.TestCluster.key;
import static io.byssus.dispatcher.TestCluster.putRequest;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.kv.v1.Acknowledgement;
import io.byssus.proto.kv.v1.DeleteRequest;
import io.byssus.proto.kv.v1.IncrementRequest;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.WriteBatchRequest;
import io.byssus.proto.kv.v1.WriteFailureReason;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.kv.v1.WriteResponse;
import io.byssus.proto.kv.v1.WriterStamp;
import io.byssus.proto.log.v1.Condition;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.Increment;
import io.byssus.proto.log.v1.Lifetime;
import io.byssus.proto.log.v1.MustBeAbsent;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Writes whose outcome is decided when they are applied. Each test has a partition of its own. */
class ConditionalWriteTest {
  private static final Condition ABSENT =
      Condition.newBuilder().setAbsent(MustBeAbsent.getDefaultInstance()).build();
  private static final String VERSIONED = "signals";
  private static TestCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = new TestCluster(2);
    cluster.controlPlane.create(VERSIONED, ConflictRule.VERSION);
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
  }

  @Test
  void conditionsVersionsAndLifetimesGoIntoTheLogAsTheyAre() throws Exception {
    Lifetime hour = Lifetime.newBuilder().setTtlMs(3_600_000).build();
    PutRequest request =
        putRequest("log", "a", "1").toBuilder().setCondition(ABSENT).setLifetime(hour).build();
    Write logged = lastWrite(cluster.kv().put(request));
    assertTrue(logged.getKeepOutcome(), "the outcome is asked for");
    Operation put = logged.getOperations(0);
    assertEquals(ABSENT, put.getCondition());
    assertEquals(hour, put.getLifetime());
    assertEquals(0, put.getVersion());

    Write plain = lastWrite(cluster.put("log", "b", ""));
    assertFalse(plain.getKeepOutcome());
    assertFalse(plain.getOperations(0).hasCondition());
    assertFalse(plain.getOperations(0).hasLifetime());
  }

  @Test
  void aConditionThatHoldsBringsTheVersionAndOneThatDoesNotTheReason() {
    PutRequest create = putRequest("cas", "a", "1").toBuilder().setCondition(ABSENT).build();
    WriteResponse created = cluster.kv().put(create);
    assertFalse(created.hasFailure());
    assertEquals(created.getPosition(), created.getVersion());

    WriteResponse again = cluster.kv().put(create);
    assertEquals(WriteFailureReason.CONDITION_NOT_MET, again.getFailure().getReason());
    assertTrue(again.getFailure().getPresent());
    assertEquals(created.getVersion(), again.getFailure().getVersion());
    assertEquals(0, again.getVersion());

    DeleteRequest swap =
        DeleteRequest.newBuilder()
            .setNamespace(TestCluster.NAMESPACE)
            .setKey(key("cas", "a"))
            .setCondition(Condition.newBuilder().setVersionEquals(created.getVersion()))
            .build();
    assertFalse(cluster.kv().delete(swap).hasFailure());
    assertFalse(cluster.get("cas", "a").hasRecord());
    assertTrue(cluster.kv().delete(swap).hasFailure());
  }

  @Test
  void aFailedOperationKeepsTheWholeBatchFromTakingEffect() {
    cluster.put("all", "taken", "x");
    WriteBatchRequest batch =
        WriteBatchRequest.newBuilder()
            .setNamespace(TestCluster.NAMESPACE)
            .setPartitionKey(bytes("all"))
            .addOperations(WriteOperation.newBuilder().setSortKey(bytes("new")).setPut(bytes("1")))
            .addOperations(
                WriteOperation.newBuilder()
                    .setSortKey(bytes("taken"))
                    .setPut(bytes("2"))
                    .setCondition(ABSENT))
            .build();
    WriteResponse answer = cluster.kv().writeBatch(batch);
    assertEquals(1, answer.getFailure().getOperation());
    assertFalse(cluster.get("all", "new").hasRecord());
  }

  @Test
  void anIncrementTellsTheSum() {
    assertEquals(List.of(5L), increment("sum", "a", 5).getSumsList());
    assertEquals(List.of(-2L), increment("sum", "a", -7).getSumsList());
    assertEquals(bytes("-2"), cluster.get("sum", "a").getRecord().getValue());
    WriteBatchRequest batch =
        WriteBatchRequest.newBuilder()
            .setNamespace(TestCluster.NAMESPACE)
            .setPartitionKey(bytes("sum"))
            .addOperations(counted("a", 1))
            .addOperations(counted("b", 2))
            .build();
    assertEquals(List.of(-1L, 2L), cluster.kv().writeBatch(batch).getSumsList());
    cluster.put("sum", "text", "x");
    assertEquals(
        WriteFailureReason.NOT_A_NUMBER, increment("sum", "text", 1).getFailure().getReason());
  }

  @Test
  void aRetryUnderTheSameStampIsToldTheFirstOutcome() throws Exception {
    PutRequest create =
        putRequest("retry", "a", "1").toBuilder()
            .setCondition(ABSENT)
            .setOptions(stamped(1))
            .build();
    WriteResponse first = cluster.kv().put(create);
    WriteResponse second = cluster.kv().put(create);
    assertTrue(second.getPosition() > first.getPosition(), "another copy");
    assertFalse(second.hasFailure(), "the copy would have failed by itself");
    assertEquals(first.getVersion(), second.getVersion());

    PutRequest refused = create.toBuilder().setOptions(stamped(2)).build();
    WriteResponse failed = cluster.kv().put(refused);
    cluster
        .kv()
        .delete(
            DeleteRequest.newBuilder()
                .setNamespace(TestCluster.NAMESPACE)
                .setKey(key("retry", "a"))
                .build());
    assertEquals(failed.getFailure(), cluster.kv().put(refused).getFailure());
  }

  @Test
  void underVersionTheHigherVersionWinsAndTheLoserIsToldHowMuchHadNoEffect() {
    PutRequest high = versioned("v", 7);
    assertEquals(0, cluster.kv().put(high).getSuperseded());
    WriteResponse low = cluster.kv().put(versioned("v", 6));
    assertEquals(1, low.getSuperseded());
    assertEquals(0, low.getVersion());
    assertFalse(low.hasFailure());
  }

  @Test
  void whatTheNamespacesRuleDoesNotAllowIsRefusedBeforeItIsLogged() {
    long before = cluster.logged();
    assertInvalid("version", failure(() -> cluster.kv().put(versioned("p", 0))));
    assertInvalid(
        "version",
        failure(
            () -> cluster.kv().put(putRequest("p", "s", "").toBuilder().setVersion(3).build())));
    IncrementRequest increment =
        IncrementRequest.newBuilder().setNamespace(VERSIONED).setKey(key("p", "s")).build();
    assertInvalid("delta", failure(() -> cluster.kv().increment(increment)));
    assertEquals(before, cluster.logged());
  }

  private static void assertInvalid(String field, ByssusException error) {
    assertEquals(ErrorCode.INVALID_REQUEST, error.code());
    assertEquals(field, error.problems().get(0).field());
  }

  private static PutRequest versioned(String partitionKey, long version) {
    return PutRequest.newBuilder()
        .setNamespace(VERSIONED)
        .setKey(key(partitionKey, "s"))
        .setVersion(version)
        .setOptions(WriteOptions.newBuilder().setAcknowledgement(Acknowledgement.APPLIED))
        .build();
  }

  private static WriteResponse increment(String partitionKey, String sortKey, long delta) {
    return cluster
        .kv()
        .increment(
            IncrementRequest.newBuilder()
                .setNamespace(TestCluster.NAMESPACE)
                .setKey(key(partitionKey, sortKey))
                .setDelta(delta)
                .build());
  }

  private static WriteOperation counted(String sortKey, long delta) {
    return WriteOperation.newBuilder()
        .setSortKey(bytes(sortKey))
        .setIncrement(Increment.newBuilder().setDelta(delta))
        .build();
  }

  private static WriteOptions.Builder stamped(long sequence) {
    return WriteOptions.newBuilder()
        .setNamespaceId(cluster.namespace.getRules().getNamespaceId())
        .setStamp(
            WriterStamp.newBuilder()
                .setWriterId(ByteString.copyFromUtf8("0123456789abcdef"))
                .setSequence(sequence)
                .setLowestOpen(1)
                .setAcceptUntilMs(cluster.now() + 300_000));
  }

  private static Write lastWrite(WriteResponse answer) throws Exception {
    List<io.byssus.proto.log.v1.LogRecord> log = cluster.log(answer.getShard());
    return log.get(log.size() - 1).getWrite();
  }
}
