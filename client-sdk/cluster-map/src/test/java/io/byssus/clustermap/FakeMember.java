package io.byssus.clustermap;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.internal.v1.ControlPlaneServiceGrpc;
import io.byssus.proto.internal.v1.DeregisterNodeRequest;
import io.byssus.proto.internal.v1.DeregisterNodeResponse;
import io.byssus.proto.internal.v1.HeartbeatRequest;
import io.byssus.proto.internal.v1.HeartbeatResponse;
import io.byssus.proto.internal.v1.RegisterNodeRequest;
import io.byssus.proto.internal.v1.RegisterNodeResponse;
import io.byssus.proto.internal.v1.WatchRequest;
import io.byssus.proto.internal.v1.WatchResponse;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A control-plane member under the hand of a test: a real gRPC server on loopback whose answers the
 * test writes. Its port stays the same over {@link #stop} and {@link #startAgain}.
 */
final class FakeMember implements AutoCloseable {
  private final int port;
  private Server server;

  /** The cluster that it is of; those that say another are refused. */
  volatile String clusterId = "c";

  /** Answers to registrations; throws what the member refuses with. */
  volatile Function<RegisterNodeRequest, RegisterNodeResponse> onRegister =
      request -> RegisterNodeResponse.newBuilder().setLeaseMs(300).build();

  /** Answers to heartbeats; empty: none at all, as of a member that hangs. */
  volatile Function<HeartbeatRequest, Optional<HeartbeatResponse>> onHeartbeat =
      request -> Optional.of(HeartbeatResponse.newBuilder().setLeaseMs(300).build());

  /** What a watch does once it is open. */
  volatile BiConsumer<WatchRequest, StreamObserver<WatchResponse>> onWatch = (request, steps) -> {};

  final List<RegisterNodeRequest> registrations = new CopyOnWriteArrayList<>();
  final List<HeartbeatRequest> heartbeats = new CopyOnWriteArrayList<>();
  final List<DeregisterNodeRequest> deregistrations = new CopyOnWriteArrayList<>();
  final List<WatchRequest> watches = new CopyOnWriteArrayList<>();

  FakeMember() throws IOException {
    server = build(0).start();
    port = server.getPort();
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  void stop() throws InterruptedException {
    server.shutdownNow().awaitTermination();
  }

  void startAgain() throws IOException {
    server = build(port).start();
  }

  @Override
  public void close() throws InterruptedException {
    stop();
  }

  static RuntimeException notLeader(String hint) {
    return GrpcErrors.toGrpc(
        new ByssusException(
            ErrorCode.NOT_LEADER,
            "not the leader",
            List.of(),
            hint.isEmpty() ? Map.of() : Map.of("leader", hint),
            null));
  }

  static List<String> addresses(FakeMember... members) {
    List<String> addresses = new ArrayList<>();
    for (FakeMember member : members) {
      addresses.add(member.address());
    }
    return addresses;
  }

  private Server build(int listenPort) {
    return NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), listenPort))
        .addService(
            ServerInterceptors.intercept(
                new Service(), ClusterIdHeader.refusingOthers(() -> Optional.of(clusterId))))
        .build();
  }

  private final class Service extends ControlPlaneServiceGrpc.ControlPlaneServiceImplBase {
    @Override
    public void registerNode(
        RegisterNodeRequest request, StreamObserver<RegisterNodeResponse> answer) {
      registrations.add(request);
      answer(answer, () -> Optional.of(onRegister.apply(request)));
    }

    @Override
    public void heartbeat(HeartbeatRequest request, StreamObserver<HeartbeatResponse> answer) {
      heartbeats.add(request);
      answer(answer, () -> onHeartbeat.apply(request));
    }

    @Override
    public void deregisterNode(
        DeregisterNodeRequest request, StreamObserver<DeregisterNodeResponse> answer) {
      deregistrations.add(request);
      answer(answer, () -> Optional.of(DeregisterNodeResponse.getDefaultInstance()));
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<WatchResponse> steps) {
      watches.add(request);
      onWatch.accept(request, steps);
    }

    private <T> void answer(
        StreamObserver<T> observer, java.util.function.Supplier<Optional<T>> value) {
      try {
        value
            .get()
            .ifPresent(
                v -> {
                  observer.onNext(v);
                  observer.onCompleted();
                });
      } catch (RuntimeException e) {
        observer.onError(e);
      }
    }
  }
}
