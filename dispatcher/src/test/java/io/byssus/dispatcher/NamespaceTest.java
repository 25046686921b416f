package io.byssus.dispatcher;

import static io.byssus.dispatcher.TestCluster.await;
import static io.byssus.dispatcher.TestCluster.failure;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.DeleteNamespaceRequest;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.WriteResponse;
import io.byssus.proto.log.v1.LogRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Namespaces that this dispatcher has not heard of, or not yet. */
class NamespaceTest {
  private TestCluster cluster;

  @BeforeEach
  void start() throws Exception {
    cluster = new TestCluster(1);
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  @Test
  void aNamespaceCanBeUsedWhenItsCreationWasAnsweredThoughTheMapIsBehind() throws Exception {
    NamespaceEntry created = cluster.controlPlane.createUnannounced("fresh");
    CompletableFuture<WriteResponse> write =
        CompletableFuture.supplyAsync(() -> cluster.kv().put(put("fresh")));
    await().until(() -> cluster.controlPlane.asked().contains("fresh"));
    cluster.controlPlane.announce(created);
    assertTrue(write.get(10, TimeUnit.SECONDS).getPosition() != 0);
  }

  @Test
  void aNamespaceCreatedJustAfterItWasNotFoundIsFound() {
    assertEquals(ErrorCode.NAMESPACE_NOT_FOUND, failure(() -> cluster.kv().put(put("n"))).code());
    NamespaceEntry created = cluster.controlPlane.createUnannounced("n");
    CompletableFuture<WriteResponse> write =
        CompletableFuture.supplyAsync(() -> cluster.kv().put(put("n")));
    await().until(() -> cluster.controlPlane.asked().size() >= 2);
    cluster.controlPlane.announce(created);
    assertTrue(write.join().getPosition() != 0);
  }

  @Test
  void anUnknownNamespaceIsNotFoundByReadsAndScansToo() {
    GetRequest get = TestCluster.getRequest("p", "s").toBuilder().setNamespace("unknown").build();
    assertEquals(ErrorCode.NAMESPACE_NOT_FOUND, failure(() -> cluster.kv().get(get)).code());
    assertEquals(
        ErrorCode.NAMESPACE_NOT_FOUND,
        failure(
                () ->
                    cluster
                        .kv()
                        .scan(
                            ScanRequest.newBuilder()
                                .setNamespace("unknown")
                                .setPartitionKey(TestCluster.bytes("p"))
                                .build())
                        .forEachRemaining(piece -> {}))
            .code());
  }

  @Test
  void manyWhoAskForTheSameNameShareFewQuestions() {
    ExecutorService callers = Executors.newFixedThreadPool(40);
    List<CompletableFuture<ByssusException>> failures = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      failures.add(
          CompletableFuture.supplyAsync(() -> failure(() -> cluster.kv().put(put("n"))), callers));
    }
    failures.forEach(failure -> assertEquals(ErrorCode.NAMESPACE_NOT_FOUND, failure.join().code()));
    callers.shutdown();
    int asked = cluster.controlPlane.asked().size();
    assertTrue(asked < 40, "asked " + asked + " times");
  }

  @Test
  void whileTheControlPlaneIsAwayKnownNamespacesWorkAndUnknownOnesSayWhatIsMissing()
      throws Exception {
    cluster.controlPlane.stop();
    assertTrue(cluster.put("p", "s", "v").getPosition() != 0);
    assertTrue(cluster.get("p", "s").hasRecord());
    ByssusException away = failure(() -> cluster.kv().put(put("n")));
    assertEquals(ErrorCode.CONTROL_PLANE_UNAVAILABLE, away.code(), away.toString());
    ByssusException inTime = failure(() -> cluster.kv(Duration.ofMillis(300)).put(put("n")));
    assertTrue(
        List.of(ErrorCode.LOG_UNAVAILABLE, ErrorCode.DEADLINE_PASSED).contains(inTime.code()),
        inTime.toString());
  }

  @Test
  void aControlPlaneOfAnotherClusterAtTheSameAddressIsNotBelievedAndNotChanged() throws Exception {
    cluster.controlPlane.stop();
    try (FakeControlPlane other = new FakeControlPlane(cluster.controlPlane.address().port())) {
      other.change(
          MapChange.newBuilder()
              .setCluster(TestCluster.cluster().toBuilder().setClusterId("c-2"))
              .build());
      other.create("theirs");
      for (String name : List.of("n", "theirs")) {
        ByssusException away = failure(() -> cluster.kv().put(put(name)));
        assertEquals(ErrorCode.CONTROL_PLANE_UNAVAILABLE, away.code(), away.toString());
        assertTrue(away.getMessage().contains("is of cluster c-2"), away.getMessage());
      }
      AdminServiceGrpc.AdminServiceBlockingStub admin =
          AdminServiceGrpc.newBlockingStub(cluster.channel());
      DeleteNamespaceRequest delete = DeleteNamespaceRequest.newBuilder().setName("theirs").build();
      assertEquals(ErrorCode.WRONG_CLUSTER, failure(() -> admin.deleteNamespace(delete)).code());
      assertTrue(other.image().namespace("theirs").isPresent());
    }
  }

  @Test
  void aDeletedNamespaceIsNotFoundAndTheMessageTellsUntilWhenItCanComeBack() throws Exception {
    cluster.put("p", "s", "v");
    cluster.controlPlane.delete(TestCluster.NAMESPACE);
    await().untilAsserted(() -> assertDeleted(failure(() -> cluster.put("p", "s", "w"))));
    assertDeleted(failure(() -> cluster.get("p", "s")));
    cluster.controlPlane.stop();
    assertDeleted(failure(() -> cluster.put("p", "s", "w")));
  }

  private static void assertDeleted(ByssusException error) {
    assertEquals(ErrorCode.NAMESPACE_NOT_FOUND, error.code(), error.toString());
    assertTrue(error.getMessage().contains("2026-11-23T12:00:00Z"), error.getMessage());
  }

  @Test
  void aNamespaceCanBeUsedWhenItsUndeletionWasAnsweredThoughTheMapIsBehind() throws Exception {
    cluster.put("p", "s", "v");
    cluster.controlPlane.delete(TestCluster.NAMESPACE);
    await().untilAsserted(() -> assertDeleted(failure(() -> cluster.get("p", "s"))));
    NamespaceEntry undeleted = cluster.controlPlane.undeleteUnannounced(TestCluster.NAMESPACE);
    int asked = cluster.controlPlane.asked().size();
    CompletableFuture<WriteResponse> write =
        CompletableFuture.supplyAsync(() -> cluster.put("p", "t", "w"));
    await().until(() -> cluster.controlPlane.asked().size() > asked);
    cluster.controlPlane.announce(undeleted);
    assertTrue(write.get(10, TimeUnit.SECONDS).getPosition() != 0);
    assertTrue(cluster.get("p", "s").hasRecord(), "what it held is there again");
  }

  @Test
  void changedRulesTravelWithTheWritesUntilTheShardHasAcknowledgedThem() throws Exception {
    cluster.put("p", "s", "v");
    int shard = cluster.put("p", "s", "v").getShard();
    NamespaceEntry changed = cluster.controlPlane.changeRules(TestCluster.NAMESPACE, 3_600_000);
    await()
        .until(
            () -> {
              cluster.put("p", "s", "v");
              return last(shard).getRulesVersion() == changed.getRules().getVersion();
            });
    assertEquals(changed.getRules(), last(shard).getNamespaceRules());
    cluster.put("p", "s", "v");
    assertEquals(2, last(shard).getRulesVersion());
    assertFalse(last(shard).hasNamespaceRules(), "the shard knows them now");
  }

  private LogRecord last(int shard) throws Exception {
    List<LogRecord> log = cluster.log(shard);
    return log.get(log.size() - 1);
  }

  private static PutRequest put(String namespace) {
    return TestCluster.putRequest("p", "s", "v").toBuilder().setNamespace(namespace).build();
  }
}
