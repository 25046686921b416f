package io.byssus.clustermap.replicas;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.model.Limits;
import io.byssus.proto.internal.v1.Node;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The connections to servers: one per address, opened at first use, closed when no node of the map
 * has the address any more.
 *
 * <p>Answers are handled on gRPC's event loops, so nothing that follows on an answer may block.
 */
public final class ServerChannels implements ServerCalls, AutoCloseable {
  /**
   * How long a connection may be silent before the peer is asked for a sign of life (gRPC allows no
   * less), and how long it has to give one. A call need not wait that long: each attempt has a time
   * of its own.
   */
  private static final long KEEP_ALIVE_SECONDS = 10;

  private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 2;

  private final List<ClientInterceptor> interceptors;
  private final Map<String, ManagedChannel> channels = new HashMap<>();
  private boolean closed;

  /**
   * No connection yet.
   *
   * @param interceptors what every call passes through, such as one that carries the request id
   */
  public ServerChannels(ClientInterceptor... interceptors) {
    this.interceptors =
        Stream.concat(Stream.of(new EarlyEndTolerance()), Stream.of(interceptors)).toList();
  }

  /** The connection to an address, host:port. */
  public synchronized Channel to(String address) {
    ManagedChannel channel = channels.computeIfAbsent(address, this::open);
    if (closed) {
      channel.shutdownNow();
    }
    return channel;
  }

  private ManagedChannel open(String address) {
    return ManagedChannelBuilder.forTarget("dns:///" + address)
        .usePlaintext()
        .directExecutor()
        .maxInboundMessageSize(Limits.MAX_GRPC_MESSAGE_BYTES)
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .intercept(interceptors)
        .build();
  }

  @Override
  public <Q, A> CompletableFuture<A> ask(
      Replica replica, MethodDescriptor<Q, A> method, Q question, long timeoutNanos) {
    CompletableFuture<A> answer = new CompletableFuture<>();
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(timeoutNanos, TimeUnit.NANOSECONDS);
    ClientCalls.asyncUnaryCall(
        to(replica.address()).newCall(method, options),
        question,
        new StreamObserver<>() {
          @Override
          public void onNext(A value) {
            answer.complete(value);
          }

          @Override
          public void onError(Throwable failure) {
            answer.completeExceptionally(GrpcErrors.fromGrpc(failure, ErrorCode.NO_REPLICA));
          }

          @Override
          public void onCompleted() {}
        });
    return answer;
  }

  /** Closes connections to addresses that no node has any more; calls on them fail. */
  public void follow(ClusterImage map) {
    Set<String> wanted = map.nodes().stream().map(Node::getAddress).collect(Collectors.toSet());
    List<ManagedChannel> unwanted = new ArrayList<>();
    synchronized (this) {
      channels
          .entrySet()
          .removeIf(entry -> !wanted.contains(entry.getKey()) && unwanted.add(entry.getValue()));
    }
    unwanted.forEach(ManagedChannel::shutdownNow);
  }

  /** Closes all connections; calls on them fail. */
  @Override
  public void close() {
    List<ManagedChannel> open;
    synchronized (this) {
      closed = true;
      open = List.copyOf(channels.values());
    }
    open.forEach(ManagedChannel::shutdownNow);
  }
}
