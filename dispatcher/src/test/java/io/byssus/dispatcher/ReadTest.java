package io.byssus.dispatcher;

import static io.byssus.dispatcher.TestCluster.await;
import static io.byssus.dispatcher.TestCluster.bytes;
import static io.byssus.dispatcher.TestCluster.failure;
import static io.byssus.dispatcher.TestCluster.getRequest;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ByssusException;
import io.byssus.model.CallHeaders;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.ReadOptions;
import io.byssus.proto.kv.v1.ResolveRequest;
import io.byssus.proto.kv.v1.ResolveResponse;
import io.byssus.proto.kv.v1.WriteResponse;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Point reads through a real dispatcher from two servers made by hand. */
class ReadTest {
  /** Time enough for a read, of which a third goes to the first server asked. */
  private static final Duration SOON = Duration.ofSeconds(5);

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
  void resolveTellsWhatAClientNeedsToNumberItsWrites() {
    ResolveResponse resolved =
        cluster
            .kv()
            .resolve(ResolveRequest.newBuilder().setNamespace(TestCluster.NAMESPACE).build());
    assertEquals(cluster.namespace.getRules().getNamespaceId(), resolved.getNamespaceId());
    assertEquals(TestCluster.SHARDS, resolved.getShardCount());
    assertTrue(Math.abs(resolved.getDispatcherTimeMs() - cluster.now()) < 1_000);
  }

  @Test
  void readsSpreadOverTheReplicasThatAreCaughtUp() {
    cluster.put("de", "berlin", "3.6M");
    for (int i = 0; i < 60; i++) {
      assertEquals(bytes("3.6M"), cluster.get("de", "berlin").getRecord().getValue());
    }
    assertTrue(cluster.server(1).calls("get") > 10, cluster.server(1).calls().toString());
    assertTrue(cluster.server(2).calls("get") > 10, cluster.server(2).calls().toString());
  }

  @Test
  void readsGoOnWhenAServerDiesAndComeBackToIt() throws Exception {
    cluster.put("de", "berlin", "3.6M");
    cluster.server(1).kill();
    for (int i = 0; i < 40; i++) {
      assertTrue(cluster.get("de", "berlin").hasRecord());
    }
    long before = cluster.server(1).calls("get");
    cluster.server(1).start();
    await()
        .until(
            () -> {
              cluster.get("de", "berlin");
              return cluster.server(1).calls("get") > before;
            });
  }

  @ParameterizedTest
  @EnumSource(
      value = ErrorCode.class,
      names = {
        "SHARD_NOT_HERE",
        "REPLICA_HALTED",
        "REPLICA_BEHIND",
        "SHUTTING_DOWN",
        "OVERLOADED",
        "INTERNAL_FAULT"
      })
  void whatOneReplicaCannotAnswerAnotherDoes(ErrorCode code) {
    cluster.put("de", "berlin", "3.6M");
    cluster.server(1).failWith(code);
    for (int i = 0; i < 20; i++) {
      assertTrue(cluster.get("de", "berlin").hasRecord());
    }
    assertTrue(cluster.server(1).calls("get") > 0, "the failing replica was never asked");
  }

  @Test
  void aServerThatHangsCostsPartOfTheDeadlineAndThenLittle() {
    cluster.put("de", "berlin", "3.6M");
    cluster.server(1).hang(true);
    for (int i = 0; i < 20; i++) {
      assertTrue(cluster.kv(Duration.ofSeconds(2)).get(getRequest("de", "berlin")).hasRecord());
    }
    assertTrue(cluster.server(1).calls("get") < 5, "asked " + cluster.server(1).calls("get"));
  }

  @Test
  void aSessionReadSeesWhatItsTokenNames() {
    cluster.server(2).freezeAt(0);
    for (int i = 0; i < 20; i++) {
      WriteResponse written = cluster.put("de", "berlin", "v" + i);
      GetResponse read = cluster.kv(SOON).get(session("de", "berlin", written));
      assertEquals(bytes("v" + i), read.getRecord().getValue());
    }
  }

  @Test
  void aSessionReadWaitsForAReplicaToGetThere() throws Exception {
    cluster.servers.forEach(server -> server.freezeAt(0));
    WriteResponse written = cluster.put("de", "berlin", "new");
    CompletableFuture<GetResponse> read =
        CompletableFuture.supplyAsync(() -> cluster.kv().get(session("de", "berlin", written)));
    await().until(() -> cluster.servers.stream().anyMatch(s -> s.calls("get") > 0));
    assertFalse(read.isDone());
    cluster.server(2).thaw();
    assertEquals(bytes("new"), read.get(10, TimeUnit.SECONDS).getRecord().getValue());
  }

  @Test
  void aSessionReadThatNoReplicaCanAnswerSaysSoBeforeTheDeadline() {
    cluster.servers.forEach(server -> server.freezeAt(0));
    WriteResponse written = cluster.put("de", "berlin", "new");
    ByssusException error =
        cluster.failureWithin(
            Duration.ofMillis(700), kv -> kv.get(session("de", "berlin", written)));
    assertEquals(ErrorCode.REPLICA_BEHIND, error.code());
  }

  @Test
  void withAllServersDownTheAnswerNamesThem() throws Exception {
    cluster.server(1).kill();
    cluster.server(2).kill();
    ByssusException error =
        cluster.failureWithin(Duration.ofMillis(700), kv -> kv.get(getRequest("de", "berlin")));
    assertEquals(ErrorCode.NO_REPLICA, error.code());
    assertTrue(error.getMessage().contains("server-1"), error.getMessage());
    assertTrue(error.getMessage().contains("server-2"), error.getMessage());
  }

  @Test
  void aLostSessionIsNotTriedElsewhere() {
    WriteResponse written = cluster.put("de", "berlin", "3.6M");
    cluster.servers.forEach(server -> server.failWith(ErrorCode.SESSION_LOST));
    long before = cluster.server(1).calls("get") + cluster.server(2).calls("get");
    assertEquals(
        ErrorCode.SESSION_LOST,
        failure(() -> cluster.kv().get(session("de", "berlin", written))).code());
    assertEquals(before + 1, cluster.server(1).calls("get") + cluster.server(2).calls("get"));
  }

  @Test
  void aTokenOfAnOlderIncarnationIsRefusedByTheMap() {
    WriteResponse written = cluster.put("de", "berlin", "3.6M");
    cluster.controlPlane.change(
        MapChange.newBuilder()
            .setShard(
                ShardAssignment.newBuilder()
                    .setShard(written.getShard())
                    .setIncarnation(2)
                    .setEpoch(2)
                    .addAllReplicas(TestCluster.ids(cluster.servers)))
            .build());
    await()
        .untilAsserted(
            () ->
                assertEquals(
                    ErrorCode.SESSION_LOST,
                    failure(() -> cluster.kv().get(session("de", "berlin", written))).code()));
  }

  @Test
  void aCancelledReadIsCancelledAtTheServer() {
    cluster.servers.forEach(server -> server.hang(true));
    Context.CancellableContext context = Context.current().withCancellation();
    context.run(
        () ->
            KvServiceGrpc.newStub(cluster.channel())
                .get(getRequest("de", "berlin"), new IgnoreAll<>()));
    await().until(() -> cluster.servers.stream().mapToLong(s -> s.calls("get")).sum() > 1);
    context.cancel(null);
    await().until(() -> cluster.servers.stream().mapToInt(FakeServer::cancelled).sum() > 0);
  }

  @Test
  void theRequestIdGoesWithEveryHop() {
    Metadata headers = new Metadata();
    headers.put(CallHeaders.REQUEST_ID, "my-request-17");
    cluster
        .kv()
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .get(getRequest("de", "berlin"));
    assertTrue(cluster.servers.stream().anyMatch(s -> s.requestIds().contains("my-request-17")));
  }

  private static GetRequest session(String partitionKey, String sortKey, WriteResponse seen) {
    return getRequest(partitionKey, sortKey).toBuilder()
        .setOptions(
            ReadOptions.newBuilder()
                .setConsistency(Consistency.SESSION)
                .putSessionToken(seen.getShard(), seen.getPosition()))
        .build();
  }

  private static final class IgnoreAll<T> implements StreamObserver<T> {
    @Override
    public void onNext(T value) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
