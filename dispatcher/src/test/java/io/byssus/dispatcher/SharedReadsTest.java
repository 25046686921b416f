package io.byssus.dispatcher;

import static io.byssus.dispatcher.TestCluster.await;
import static io.byssus.dispatcher.TestCluster.failure;
import static io.byssus.dispatcher.TestCluster.getRequest;
import static io.byssus.dispatcher.TestCluster.metric;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.ListenableFuture;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.kv.v1.Criticality;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.ReadOptions;
import io.byssus.proto.kv.v1.ResolveRequest;
import io.byssus.proto.kv.v1.WriteResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which reads share a question under way; the one server holds its answers back. */
class SharedReadsTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final CompletableFuture<Void> release = new CompletableFuture<>();
  private TestCluster cluster;
  private WriteResponse written;
  private long asked;

  @BeforeEach
  void start() throws Exception {
    cluster = new TestCluster(1);
    written = cluster.put("p", "s", "old");
    await().until(() -> value(cluster.get("p", "s")).equals("old"));
    cluster.server(1).holdGets(release);
    asked = calls();
  }

  @AfterEach
  void stop() throws Exception {
    release.complete(null);
    cluster.close();
  }

  @Test
  void identicalEventualReadsAskOnce() throws Exception {
    List<ListenableFuture<GetResponse>> answers = begin(30, eventual());
    awaitArrived(30);
    assertEquals(1, calls() - asked);
    ListenableFuture<GetResponse> other =
        KvServiceGrpc.newFutureStub(cluster.channel()).get(getRequest("p", "other"));
    await().until(() -> calls() - asked == 2);
    release.complete(null);
    for (ListenableFuture<GetResponse> answer : answers) {
      assertEquals("old", value(answer.get()));
    }
    assertFalse(other.get().hasRecord());
    assertEquals(29, metric(cluster.dispatcher, "byssus_dispatcher_reads_shared"));
  }

  @Test
  void aLinearizableReadAsksForItself() throws Exception {
    begin(1, eventual());
    awaitCalls(1);
    begin(2, level(Consistency.LINEARIZABLE));
    awaitCalls(3);
  }

  @Test
  void aSessionReadTakesASharedAnswerThatHoldsItsPosition() throws Exception {
    begin(1, eventual());
    awaitCalls(1);
    List<ListenableFuture<GetResponse>> answers = begin(3, session(written));
    awaitArrived(4);
    release.complete(null);
    for (ListenableFuture<GetResponse> answer : answers) {
      assertEquals("old", value(answer.get()));
    }
    assertEquals(1, calls() - asked);
  }

  @Test
  void aSessionReadTakesNoSharedAnswerFromBeforeItsOwnWrite() throws Exception {
    ListenableFuture<GetResponse> before = begin(1, eventual()).get(0);
    awaitCalls(1);
    WriteResponse own = cluster.put("p", "s", "new");
    ListenableFuture<GetResponse> after = begin(1, session(own)).get(0);
    awaitArrived(2);
    release.complete(null);
    assertEquals("old", value(before.get()));
    assertEquals("new", value(after.get()));
    assertEquals(2, calls() - asked);
  }

  @Test
  void aBoundedReadSharesWithOneThatIsAtLeastAsStrict() throws Exception {
    begin(1, bounded(5_000));
    awaitCalls(1);
    begin(1, bounded(60_000));
    awaitArrived(2);
    assertEquals(1, calls() - asked);
    begin(1, bounded(4_000));
    awaitCalls(2);
    // What an EVENTUAL read is told is no promise.
    begin(1, eventual());
    awaitCalls(3);
  }

  @Test
  void aReadSharesNoQuestionOfALessCriticalOne() throws Exception {
    List<ListenableFuture<GetResponse>> answers = new ArrayList<>();
    answers.addAll(begin(1, critical(Criticality.SHEDDABLE)));
    awaitArrived(1);
    answers.addAll(begin(1, critical(Criticality.CRITICAL)));
    awaitArrived(2);
    answers.addAll(begin(1, critical(Criticality.SHEDDABLE)));
    answers.addAll(begin(1, eventual()));
    awaitArrived(4);
    release.complete(null);
    for (ListenableFuture<GetResponse> answer : answers) {
      assertEquals("old", value(answer.get()));
    }
    // The last two share what the critical one has asked.
    assertEquals(2, metric(cluster.dispatcher, "byssus_dispatcher_reads_shared"));
  }

  @Test
  void aCallerThatGoesLeavesTheOthersTheirAnswer() throws Exception {
    ListenableFuture<GetResponse> first = begin(1, eventual()).get(0);
    awaitCalls(1);
    List<ListenableFuture<GetResponse>> others = begin(2, eventual());
    awaitArrived(3);
    first.cancel(true);
    others.get(0).cancel(true);
    awaitArrived(1);
    assertEquals(0, cluster.server(1).cancelled());
    release.complete(null);
    assertEquals("old", value(others.get(1).get()));
    assertEquals(1, calls() - asked);
  }

  @Test
  void whenAllCallersHaveGoneTheServerIsToldSo() throws Exception {
    List<ListenableFuture<GetResponse>> all = begin(3, eventual());
    awaitArrived(3);
    awaitCalls(1);
    all.forEach(answer -> answer.cancel(true));
    await().until(() -> cluster.server(1).cancelled() == 1);
    begin(1, eventual());
    awaitCalls(2);
  }

  @Test
  void eachCallerKeepsItsDeadline() throws Exception {
    ListenableFuture<GetResponse> patient = begin(1, eventual()).get(0);
    awaitCalls(1);
    assertEquals(
        ErrorCode.DEADLINE_PASSED,
        failure(() -> cluster.kv(Duration.ofMillis(300)).get(getRequest("p", "s"))).code());
    assertFalse(patient.isDone());
    release.complete(null);
    assertEquals("old", value(patient.get()));
  }

  @Test
  void whoHasMoreTimeThanTheFirstAsksAgain() throws Exception {
    ListenableFuture<GetResponse> hasty =
        KvServiceGrpc.newFutureStub(cluster.channel())
            .withDeadlineAfter(400, TimeUnit.MILLISECONDS)
            .get(getRequest("p", "s"));
    awaitCalls(1);
    ListenableFuture<GetResponse> patient = begin(1, eventual()).get(0);
    ExecutionException late = assertThrows(ExecutionException.class, hasty::get);
    assertEquals(
        ErrorCode.DEADLINE_PASSED,
        GrpcErrors.fromGrpc(late.getCause(), ErrorCode.NO_REPLICA).code());
    await().until(() -> calls() - asked >= 2);
    assertFalse(patient.isDone());
    release.complete(null);
    assertEquals("old", value(patient.get()));
  }

  private List<ListenableFuture<GetResponse>> begin(int count, ReadOptions options) {
    KvServiceGrpc.KvServiceFutureStub stub =
        KvServiceGrpc.newFutureStub(cluster.channel())
            .withDeadlineAfter(LONG.toSeconds(), TimeUnit.SECONDS);
    List<ListenableFuture<GetResponse>> answers = new ArrayList<>();
    IntStream.range(0, count)
        .forEach(
            i ->
                answers.add(
                    stub.get(getRequest("p", "s").toBuilder().setOptions(options).build())));
    return answers;
  }

  private void awaitArrived(int open) {
    await().until(() -> metric(cluster.dispatcher, "byssus_grpc_calls_open") == open);
    // A call that is open may not have been looked at yet; one that comes after it has been.
    cluster.kv().resolve(ResolveRequest.newBuilder().setNamespace(TestCluster.NAMESPACE).build());
  }

  private void awaitCalls(int count) {
    await().until(() -> calls() - asked == count);
    assertTrue(calls() - asked == count);
  }

  private long calls() {
    return cluster.server(1).calls("get");
  }

  private static String value(GetResponse answer) {
    return answer.getRecord().getValue().toStringUtf8();
  }

  private static ReadOptions eventual() {
    return level(Consistency.EVENTUAL);
  }

  private static ReadOptions critical(Criticality criticality) {
    return eventual().toBuilder().setCriticality(criticality).build();
  }

  private static ReadOptions level(Consistency level) {
    return ReadOptions.newBuilder().setConsistency(level).build();
  }

  private static ReadOptions bounded(long ms) {
    return ReadOptions.newBuilder()
        .setConsistency(Consistency.BOUNDED)
        .setMaxStalenessMs(ms)
        .build();
  }

  private static ReadOptions session(WriteResponse seen) {
    return ReadOptions.newBuilder()
        .setConsistency(Consistency.SESSION)
        .putSessionToken(seen.getShard(), seen.getPosition())
        .build();
  }
}
