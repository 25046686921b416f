package io.byssus.dispatcher;

import static io.byssus.dispatcher.TestCluster.await;
import static io.byssus.dispatcher.TestCluster.failure;
import static io.byssus.dispatcher.TestCluster.putRequest;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.OutcomeKind;
import io.byssus.proto.kv.v1.Acknowledgement;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.kv.v1.WriteResponse;
import io.byssus.proto.log.v1.LogRecord;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Writes that are answered when a replica shows them. */
class AppliedWriteTest {
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
  void appliedWaitsForAReplicaAndBringsTheVersion() throws Exception {
    cluster.servers.forEach(server -> server.freezeAt(0));
    PendingWrite answer = PendingWrite.of(cluster, applied("de", "a"));
    await().until(() -> cluster.servers.stream().anyMatch(s -> s.calls("awaitApplied") > 0));
    assertFalse(answer.done());
    cluster.servers.forEach(FakeServer::thaw);
    WriteResponse written = answer.value();
    assertEquals(written.getPosition(), written.getVersion());
    assertTrue(cluster.log(written.getShard()).get(0).getWrite().getKeepOutcome());
  }

  @Test
  void aWriteWhoseOutcomeIsAskedForIsOpenUntilItIsTold() throws Exception {
    cluster.servers.forEach(server -> server.freezeAt(0));
    PendingWrite waiting = PendingWrite.of(cluster, applied("de", "a"));
    await().until(() -> cluster.servers.stream().anyMatch(s -> s.calls("awaitApplied") > 0));
    WriteResponse meanwhile = cluster.kv().put(putRequest("de", "b", ""));
    LogRecord second = cluster.log(meanwhile.getShard()).get(1);
    assertEquals(1, second.getStamp().getLowestOpen(), "the first is still open");
    cluster.servers.forEach(FakeServer::thaw);
    waiting.value();
    cluster.kv().put(putRequest("de", "c", ""));
    LogRecord third = cluster.log(meanwhile.getShard()).get(2);
    assertTrue(third.getStamp().getLowestOpen() > 1, "now it is closed");
  }

  @Test
  void appliedIsIndeterminateWhereNoReplicaGetsThere() {
    cluster.servers.forEach(server -> server.freezeAt(0));
    assertEquals(
        ErrorCode.INDETERMINATE,
        cluster.failureWithin(Duration.ofMillis(800), kv -> kv.put(applied("de", "a"))).code());
  }

  @Test
  void appliedAsksAnotherReplicaWhereOneFails() {
    cluster.server(1).failWith(ErrorCode.REPLICA_HALTED);
    for (int i = 0; i < 10; i++) {
      assertTrue(cluster.kv().put(applied("de", "a" + i)).getVersion() != 0);
    }
  }

  @Test
  void aWriteThatDidNotTakeEffectIsExpired() {
    cluster.servers.forEach(s -> s.answerOutcomesWith(OutcomeKind.OUTCOME_NOT_APPLIED));
    assertEquals(
        ErrorCode.WRITE_EXPIRED, failure(() -> cluster.kv().put(applied("de", "a"))).code());
  }

  @Test
  void anOutcomeThatIsNotKnownAnyMoreIsIndeterminate() {
    cluster.servers.forEach(s -> s.answerOutcomesWith(OutcomeKind.OUTCOME_KIND_UNSPECIFIED));
    assertEquals(
        ErrorCode.INDETERMINATE, failure(() -> cluster.kv().put(applied("de", "a"))).code());
  }

  private static PutRequest applied(String partitionKey, String sortKey) {
    return putRequest(partitionKey, sortKey, "").toBuilder()
        .setOptions(WriteOptions.newBuilder().setAcknowledgement(Acknowledgement.APPLIED))
        .build();
  }
}
