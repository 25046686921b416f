package io.byssus.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.rpc.RetryInfo;
import io.byssus.model.CallHeaders;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.internal.v1.WatchReplicasRequest;
import io.byssus.proto.internal.v1.WatchReplicasResponse;
import io.byssus.proto.kv.v1.Criticality;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which calls a process refuses first. */
@Timeout(60)
class LoadSheddingTest {
  private static final int MOST_CALLS = 20;

  private final ScriptedService service = new ScriptedService();
  private GrpcListener listener;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    listener =
        GrpcListener.on(new HostPort("127.0.0.1", 0), new Readiness(), new SimpleMeterRegistry())
            .threads(1)
            .mostCalls(MOST_CALLS)
            .mostEndlessCalls(2 * MOST_CALLS)
            .service(service)
            .service(service.shards())
            .endless(ShardServiceGrpc.getWatchReplicasMethod())
            .start();
    channel =
        NettyChannelBuilder.forAddress(listener.address().toSocketAddress())
            .usePlaintext()
            .intercept(new ForwardCriticality())
            .build();
  }

  @AfterEach
  void stop() {
    service.gates().forEach(ScriptedService.Gate::open);
    Awaitility.await().until(() -> listener.openCalls() == 0);
    channel.shutdownNow();
    listener.close();
  }

  @Test
  void sheddableCallsAreRefusedFirstThenDefaultOnesAndCriticalOnesLast() throws Exception {
    hold(16, Criticality.SHEDDABLE);
    refused(Criticality.SHEDDABLE);
    hold(3, Criticality.DEFAULT);
    refused(Criticality.SHEDDABLE);
    refused(Criticality.DEFAULT);
    hold(1, Criticality.CRITICAL);
    refused(Criticality.SHEDDABLE);
    refused(Criticality.DEFAULT);
    refused(Criticality.CRITICAL);
    service.gate("gated").open();
    Awaitility.await().until(() -> listener.openCalls() == 0);
    CallCriticality.in(Criticality.SHEDDABLE).run(() -> kv().get(get("ok")));
  }

  @Test
  void aCallThatSaysNothingOrNonsenseIsAsCriticalAsCallsAre() throws Exception {
    hold(16, Criticality.CRITICAL);
    var headers = new Metadata();
    headers.put(CallHeaders.CRITICALITY, "very");
    KvServiceGrpc.newFutureStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .get(get("gated"));
    Awaitility.await().until(() -> listener.openCalls() == 17);
    hold(2, Criticality.DEFAULT);
    refused(Criticality.DEFAULT);
  }

  @Test
  void endlessCallsHaveABoundOfTheirOwnAndKeepOutNoOthers() throws Exception {
    for (int i = 0; i < 2 * MOST_CALLS; i++) {
      watch();
    }
    Awaitility.await().until(() -> listener.openCalls() == 2 * MOST_CALLS);
    CallCriticality.in(Criticality.SHEDDABLE).run(() -> kv().get(get("ok")));
    ExecutionException refused = assertThrows(ExecutionException.class, () -> watch().get());
    assertEquals(
        ErrorCode.OVERLOADED, GrpcErrors.fromGrpc(refused.getCause(), ErrorCode.NO_REPLICA).code());
    channel.shutdownNow();
  }

  /** Begins an endless call; the future fails when it ends. */
  private CompletableFuture<Void> watch() {
    CompletableFuture<Void> end = new CompletableFuture<>();
    CallCriticality.in(Criticality.CRITICAL)
        .run(
            () ->
                ShardServiceGrpc.newStub(channel)
                    .watchReplicas(
                        WatchReplicasRequest.getDefaultInstance(),
                        new StreamObserver<>() {
                          @Override
                          public void onNext(WatchReplicasResponse response) {}

                          @Override
                          public void onError(Throwable failure) {
                            end.completeExceptionally(failure);
                          }

                          @Override
                          public void onCompleted() {
                            end.complete(null);
                          }
                        }));
    return end;
  }

  /** Opens calls that stay open until the test ends them. */
  private void hold(int calls, Criticality criticality) {
    int before = listener.openCalls();
    for (int i = 0; i < calls; i++) {
      CallCriticality.in(criticality)
          .run(() -> KvServiceGrpc.newFutureStub(channel).get(get("gated")));
    }
    Awaitility.await().until(() -> listener.openCalls() == before + calls);
  }

  private void refused(Criticality criticality) throws Exception {
    int before = listener.openCalls();
    var failure =
        assertThrows(
            StatusRuntimeException.class,
            () -> CallCriticality.in(criticality).call(() -> kv().get(get("ok"))));
    assertEquals(ErrorCode.OVERLOADED, GrpcErrors.fromGrpc(failure, ErrorCode.NO_REPLICA).code());
    assertEquals(
        1,
        StatusProto.fromThrowable(failure).getDetailsList().stream()
            .filter(detail -> detail.is(RetryInfo.class))
            .count());
    Awaitility.await().until(() -> listener.openCalls() == before);
  }

  private KvServiceGrpc.KvServiceBlockingStub kv() {
    return KvServiceGrpc.newBlockingStub(channel);
  }

  private static GetRequest get(String namespace) {
    return GetRequest.newBuilder().setNamespace(namespace).build();
  }
}
