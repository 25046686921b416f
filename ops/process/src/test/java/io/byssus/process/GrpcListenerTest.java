package io.byssus.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import io.byssus.model.ByssusException;
import io.byssus.model.CallHeaders;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.process.ScriptedService.Gate;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.internal.v1.WatchReplicasRequest;
import io.byssus.proto.kv.v1.DeleteRequest;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GrpcListenerTest {
  private static final HostPort ANY = new HostPort("127.0.0.1", 0);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Readiness readiness = new Readiness();
  private final ScriptedService service = new ScriptedService();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private GrpcListener listener;

  @AfterEach
  void stop() {
    service.gates().forEach(Gate::open);
    channels.forEach(ManagedChannel::shutdownNow);
    if (listener != null) {
      listener.close();
    }
  }

  @Test
  void healthFollowsReadiness() throws Exception {
    var health = HealthGrpc.newBlockingStub(start(listener()));
    var request = HealthCheckRequest.getDefaultInstance();
    assertEquals(ServingStatus.NOT_SERVING, health.check(request).getStatus());
    readiness.ready();
    assertEquals(ServingStatus.SERVING, health.check(request).getStatus());
    readiness.stopping();
    assertEquals(ServingStatus.NOT_SERVING, health.check(request).getStatus());
  }

  @Test
  void reflectionListsTheServices() throws Exception {
    var answer = new CompletableFuture<ServerReflectionResponse>();
    var requests =
        ServerReflectionGrpc.newStub(start(listener()))
            .serverReflectionInfo(new FirstAnswer<>(answer));
    requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    var names =
        answer.get(10, TimeUnit.SECONDS).getListServicesResponse().getServiceList().stream()
            .map(found -> found.getName())
            .toList();
    requests.onCompleted();
    assertTrue(
        names.containsAll(List.of("byssus.kv.v1.KvService", "grpc.health.v1.Health")),
        names::toString);
  }

  @Test
  void takesAMessageOfEightMebibytesAndNoLarger() throws Exception {
    var kv = KvServiceGrpc.newBlockingStub(start(listener()));
    int nearly = (8 << 20) - 64;
    assertEquals(nearly, kv.get(sized(nearly)).getRecord().getVersion());
    assertEquals(
        Status.Code.RESOURCE_EXHAUSTED,
        failure(() -> kv.get(sized(8 << 20))).getStatus().getCode());
  }

  @Test
  void aCallersRequestIdReachesHandlerLogAndAnswerAndOneIsMadeWhereItGaveNone() throws Exception {
    var channel = start(listener());
    assertEquals("caller-7", answeredId(channel, "ok", "caller-7"));
    assertEquals(List.of("caller-7"), service.seenIds());
    String made = answeredId(channel, "ok", null);
    assertTrue(made.matches("[0-9a-f]{16}"), made);
    assertNotEquals(made, answeredId(channel, "ok", "not acceptable: spaces"));
    assertEquals("caller-8", answeredId(channel, "byssus", "caller-8"));
  }

  @Test
  void anOutgoingCallCarriesTheRequestIdAtHand() throws Exception {
    Channel forwarding = ClientInterceptors.intercept(start(listener()), new ForwardRequestId());
    RequestId.run("hop-1", () -> KvServiceGrpc.newBlockingStub(forwarding).get(get("ok")));
    assertEquals("hop-1", service.seenIds().get(0));
  }

  @Test
  void aByssusErrorKeepsItsCodeAndDetailsThrownOrGivenToOnError() throws Exception {
    var kv = KvServiceGrpc.newBlockingStub(start(listener()));
    for (String way : List.of("byssus", "byssus-on-error", "byssus-in-a-future")) {
      var failed = failure(() -> kv.get(get(way)));
      assertEquals(Status.Code.NOT_FOUND, failed.getStatus().getCode(), way);
      var error = GrpcErrors.fromGrpc(failed, ErrorCode.NO_REPLICA);
      assertEquals(ErrorCode.NAMESPACE_NOT_FOUND, error.code(), way);
      assertEquals("no namespace " + way, error.getMessage());
    }
  }

  @Test
  void anUnknownFailureTellsTheRequestIdAndNothingOfTheInside() throws Exception {
    var kv = KvServiceGrpc.newBlockingStub(start(listener()));
    for (String way : List.of("fault", "fault-on-error")) {
      var headers = new Metadata();
      headers.put(CallHeaders.REQUEST_ID, "find-me");
      var marked = kv.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
      var failed = failure(() -> marked.get(get(way)));
      assertEquals(Status.Code.INTERNAL, failed.getStatus().getCode(), way);
      assertEquals("internal error, see request id find-me", failed.getStatus().getDescription());
      var details = StatusProto.fromThrowable(failed).getDetails(0).unpack(ErrorInfo.class);
      assertEquals("INTERNAL_FAULT", details.getReason());
    }
  }

  @Test
  void aStatusThatTheHandlerChosePasses() throws Exception {
    var kv = KvServiceGrpc.newBlockingStub(start(listener()));
    var failed = failure(() -> kv.get(get("chosen")));
    assertEquals(Status.Code.OUT_OF_RANGE, failed.getStatus().getCode());
    assertEquals(
        Status.Code.UNIMPLEMENTED,
        failure(() -> kv.delete(DeleteRequest.getDefaultInstance())).getStatus().getCode());
  }

  @Test
  void moreCallsThanAllowedAreRefusedAtOnceAndHealthNever() throws Exception {
    var channel = start(listener().threads(1).mostCalls(2));
    var kv = KvServiceGrpc.newFutureStub(channel);
    var running = kv.get(get("gated"));
    var queued = kv.get(get("gated"));
    Awaitility.await().until(() -> listener.openCalls() == 2);
    var refused = failure(() -> KvServiceGrpc.newBlockingStub(channel).get(get("ok")));
    assertEquals(ErrorCode.OVERLOADED, GrpcErrors.fromGrpc(refused, ErrorCode.NO_REPLICA).code());
    HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
    service.gate("gated").open();
    running.get(10, TimeUnit.SECONDS);
    queued.get(10, TimeUnit.SECONDS);
    Awaitility.await().until(() -> listener.openCalls() == 0);
    KvServiceGrpc.newBlockingStub(channel).get(get("ok"));
  }

  @Test
  void cancelledCallsThatStillWaitForAThreadCountUntilTheyAreGone() throws Exception {
    var channel = start(listener().threads(1).mostCalls(2));
    var kv = KvServiceGrpc.newFutureStub(channel);
    var stuck = kv.get(get("gated"));
    Awaitility.await().until(() -> service.gate("gated").waiting() == 1);
    for (int i = 0; i < 10; i++) {
      kv.get(get("ok")).cancel(true);
    }
    Awaitility.await()
        .untilAsserted(
            () -> {
              var failed =
                  failure(
                      () ->
                          KvServiceGrpc.newBlockingStub(channel)
                              .withDeadlineAfter(1, TimeUnit.SECONDS)
                              .get(get("ok")));
              assertEquals(Status.Code.RESOURCE_EXHAUSTED, failed.getStatus().getCode());
            });
    service.gate("gated").open();
    stuck.get(10, TimeUnit.SECONDS);
    Awaitility.await()
        .ignoreExceptions()
        .until(() -> KvServiceGrpc.newBlockingStub(channel).get(get("ok")) != null);
  }

  @Test
  void aServiceOnTheEventLoopWorksWhileThePoolIsBusy() throws Exception {
    listener =
        GrpcListener.on(ANY, readiness, registry)
            .threads(1)
            .service(service)
            .serviceOnEventLoop(service.shards())
            .start();
    var channel = channel();
    KvServiceGrpc.newFutureStub(channel).get(get("gated"));
    Awaitility.await().until(() -> service.gate("gated").waiting() == 1);
    var watched =
        ShardServiceGrpc.newBlockingStub(channel)
            .watchReplicas(WatchReplicasRequest.getDefaultInstance());
    assertTrue(watched.hasNext());
    assertTrue(service.watchThread().contains("ELG"), service.watchThread());
  }

  @Test
  void countsCallsByMethodAndStatusAndMeasuresThem() throws Exception {
    var kv = KvServiceGrpc.newBlockingStub(start(listener()));
    kv.get(get("ok"));
    kv.get(get("ok"));
    failure(() -> kv.get(get("byssus")));
    String method = "byssus.kv.v1.KvService/Get";
    Awaitility.await().untilAsserted(() -> assertEquals(2, count(method, "OK")));
    Awaitility.await().untilAsserted(() -> assertEquals(1, count(method, "NOT_FOUND")));
    assertEquals(3, registry.get("byssus.grpc.latency").tag("method", method).timer().count());
    assertEquals(0, listener.openCalls());
  }

  @Test
  void closingLetsCallsFinishAndDoesNotWaitForEndlessOnes() throws Exception {
    listener =
        GrpcListener.on(ANY, readiness, registry)
            .service(service)
            .service(service.shards())
            .endless(ShardServiceGrpc.getWatchReplicasMethod())
            .start();
    var channel = channel();
    var inFlight = KvServiceGrpc.newFutureStub(channel).get(get("gated"));
    var watched =
        ShardServiceGrpc.newBlockingStub(channel)
            .watchReplicas(WatchReplicasRequest.getDefaultInstance());
    assertTrue(watched.hasNext());
    watched.next();
    Awaitility.await().until(() -> service.gate("gated").waiting() == 1);

    var closing = CompletableFuture.runAsync(listener::close);
    var address = listener.address();
    Awaitility.await().until(() -> !accepts(address));
    assertFalse(closing.isDone());
    service.gate("gated").open();
    assertEquals(GetResponse.getDefaultInstance(), inFlight.get(10, TimeUnit.SECONDS));
    closing.get(5, TimeUnit.SECONDS);
    assertThrows(StatusRuntimeException.class, watched::hasNext);
  }

  @Test
  void aTakenPortIsNamed() throws Exception {
    start(listener());
    var refused =
        assertThrows(
            IOException.class,
            () -> GrpcListener.on(listener.address(), readiness, registry).start());
    assertTrue(refused.getMessage().contains(listener.address().toString()), refused::toString);
  }

  private GrpcListener.Builder listener() {
    return GrpcListener.on(ANY, readiness, registry).service(service);
  }

  private ManagedChannel start(GrpcListener.Builder builder) throws IOException {
    listener = builder.start();
    return channel();
  }

  private ManagedChannel channel() {
    var channel =
        NettyChannelBuilder.forAddress(listener.address().toSocketAddress()).usePlaintext().build();
    channels.add(channel);
    return channel;
  }

  private double count(String method, String status) {
    var counter =
        registry.find("byssus.grpc.calls").tags("method", method, "status", status).counter();
    return counter == null ? 0 : counter.count();
  }

  /** The request id that came back with a call, whether it succeeded or failed. */
  private static String answeredId(Channel channel, String namespace, String given) {
    var sent = new Metadata();
    if (given != null) {
      sent.put(CallHeaders.REQUEST_ID, given);
    }
    var headers = new AtomicReference<Metadata>();
    var trailers = new AtomicReference<Metadata>();
    var kv =
        KvServiceGrpc.newBlockingStub(channel)
            .withInterceptors(
                MetadataUtils.newAttachHeadersInterceptor(sent),
                MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));
    try {
      kv.get(get(namespace));
      return headers.get().get(CallHeaders.REQUEST_ID);
    } catch (StatusRuntimeException e) {
      return e.getTrailers().get(CallHeaders.REQUEST_ID);
    }
  }

  private static StatusRuntimeException failure(Runnable call) {
    return assertThrows(StatusRuntimeException.class, call::run);
  }

  private static GetRequest get(String namespace) {
    return GetRequest.newBuilder().setNamespace(namespace).build();
  }

  /** A request that takes about so many bytes; the service answers with the size of its key. */
  private static GetRequest sized(int bytes) {
    var request = get("ok").toBuilder();
    request.getKeyBuilder().setPartitionKey(ByteString.copyFrom(new byte[bytes]));
    return request.build();
  }

  private static boolean accepts(HostPort address) {
    try (var socket = new java.net.Socket()) {
      socket.connect(address.toSocketAddress(), (int) Duration.ofSeconds(1).toMillis());
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private record FirstAnswer<T>(CompletableFuture<T> answer) implements StreamObserver<T> {
    @Override
    public void onNext(T value) {
      answer.complete(value);
    }

    @Override
    public void onError(Throwable failure) {
      answer.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      answer.completeExceptionally(new ByssusException(ErrorCode.INTERNAL_FAULT, "no answer"));
    }
  }
}
