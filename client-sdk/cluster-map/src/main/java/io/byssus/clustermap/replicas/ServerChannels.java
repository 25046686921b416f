package io.byssus.clustermap.replicas;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.model.Limits;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.kv.v1.GetResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The connections to servers: one per address and event loop, opened at first use, closed when no
 * node of the map has the address any more. Who calls on an event loop uses its connection: what
 * came in there goes out there, and its answer comes back there.
 *
 * <p>Answers are handled on event loops, so nothing that follows on an answer may block.
 */
public final class ServerChannels implements ServerCalls, AutoCloseable {
  /**
   * How long a connection may be silent before the peer is asked for a sign of life (gRPC allows no
   * less), and how long it has to give one. A call need not wait that long: each attempt has a time
   * of its own.
   */
  private static final long KEEP_ALIVE_SECONDS = 10;

  private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 2;

  private final EventLoops loops;
  private final Supplier<String> requestId;
  private final List<ClientInterceptor> interceptors;
  private final Map<Place, Connection> connections = new ConcurrentHashMap<>();
  private volatile boolean closed;

  private record Place(String address, EventLoop loop) {}

  private record Connection(ManagedChannel channel, GetLine gets) {}

  /**
   * No connection yet.
   *
   * @param loops where connections live; to be closed after this
   * @param requestId the id of the request at hand, for the servers' log lines; empty for none
   * @param interceptors what every call of its own passes through; reads of single records share
   *     one
   */
  public ServerChannels(
      EventLoops loops, Supplier<String> requestId, ClientInterceptor... interceptors) {
    this.loops = loops;
    this.requestId = requestId;
    this.interceptors =
        Stream.concat(Stream.of(new EarlyEndTolerance()), Stream.of(interceptors)).toList();
  }

  /** The connection to an address, host:port. */
  public Channel to(String address) {
    return connection(address).channel;
  }

  private Connection connection(String address) {
    Connection connection =
        connections.computeIfAbsent(new Place(address, loops.here()), this::open);
    if (closed) {
      connection.channel.shutdownNow();
    }
    return connection;
  }

  private Connection open(Place place) {
    ManagedChannel channel =
        EventLoops.channel("dns:///" + place.address, place.loop)
            .directExecutor()
            // Who calls knows which other server to ask.
            .disableRetry()
            .maxInboundMessageSize(Limits.MAX_GRPC_MESSAGE_BYTES)
            .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .intercept(interceptors)
            .build();
    return new Connection(channel, new GetLine(channel, place.loop));
  }

  /**
   * Reads of single records share a call; see {@link GetLine}. All others have one of their own.
   */
  @Override
  @SuppressWarnings("unchecked")
  public <Q, A> CompletableFuture<A> ask(
      Replica replica, MethodDescriptor<Q, A> method, Q question, long timeoutNanos) {
    if (question instanceof ShardGetRequest get
        && method == (MethodDescriptor<?, ?>) ShardServiceGrpc.getGetMethod()) {
      return (CompletableFuture<A>)
          untilCancelled(get(replica, get, timeoutNanos, requestId.get()), Context.current());
    }
    CompletableFuture<A> answer = new CompletableFuture<>();
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(timeoutNanos, TimeUnit.NANOSECONDS);
    ClientCalls.asyncUnaryCall(
        to(replica.address()).newCall(method, options),
        question,
        new StreamObserver<>() {
          private A received;

          @Override
          public void onNext(A value) {
            received = value;
          }

          @Override
          public void onError(Throwable failure) {
            answer.completeExceptionally(GrpcErrors.fromGrpc(failure, ErrorCode.NO_REPLICA));
          }

          // Not before: who has the answer is done with the call, and to cancel one that has not
          // ended costs a reset of its stream, at both ends.
          @Override
          public void onCompleted() {
            answer.complete(received);
          }
        });
    return answer;
  }

  private static <T> CompletableFuture<T> untilCancelled(
      CompletableFuture<T> answer, Context context) {
    Context.CancellationListener cancelled = ended -> answer.cancel(false);
    context.addListener(cancelled, Runnable::run);
    answer.whenComplete((value, failure) -> context.removeListener(cancelled));
    return answer;
  }

  /**
   * Reads a record for a request of this id, which may be empty; the same in any gRPC context. To
   * cancel the future tells the server.
   */
  public CompletableFuture<GetResponse> get(
      Replica replica, ShardGetRequest get, long timeoutNanos, String ofRequest) {
    return connection(replica.address()).gets.ask(get, timeoutNanos, ofRequest);
  }

  /** Closes connections to addresses that no node has any more; calls on them fail. */
  public void follow(ClusterImage map) {
    Set<String> wanted = map.nodes().stream().map(Node::getAddress).collect(Collectors.toSet());
    connections
        .entrySet()
        .removeIf(
            entry -> {
              boolean unwanted = !wanted.contains(entry.getKey().address);
              if (unwanted) {
                entry.getValue().channel.shutdownNow();
              }
              return unwanted;
            });
  }

  /** Closes all connections; calls on them fail. */
  @Override
  public void close() {
    closed = true;
    connections.values().forEach(connection -> connection.channel.shutdownNow());
  }
}
