package io.byssus.systemtests.faults;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.ResolveRequest;
import io.byssus.proto.kv.v1.ResolveResponse;
import io.byssus.proto.kv.v1.WriteResponse;
import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A client without the SDK: sends a request with the stamp that it is given, to the dispatcher that
 * it is told, and repeats it under that stamp through the others.
 */
final class StampedClient implements AutoCloseable {
  private static final Duration ATTEMPT_LIMIT = Duration.ofSeconds(2);
  private static final Duration PAUSE = Duration.ofMillis(50);

  /** Of these a dispatcher says itself that this copy is certainly not written. */
  private static final Set<ErrorCode> CERTAINLY_NOT =
      EnumSet.of(
          ErrorCode.LOG_UNAVAILABLE,
          ErrorCode.OVERLOADED,
          ErrorCode.SHARD_LAGGING,
          ErrorCode.CLUSTER_NOT_READY,
          ErrorCode.CONTROL_PLANE_UNAVAILABLE,
          ErrorCode.SHUTTING_DOWN);

  private final List<ManagedChannel> dispatchers;

  /** What became of a write, by all that its copies were answered. */
  record Outcome(WriteResponse answer, boolean mayBeWritten) {
    static Outcome notWritten() {
      return new Outcome(null, false);
    }

    boolean acknowledged() {
      return answer != null;
    }

    /** What both copies of a write tell together. */
    Outcome and(Outcome other) {
      return new Outcome(
          acknowledged() ? answer : other.answer, mayBeWritten || other.mayBeWritten);
    }
  }

  /**
   * A client; connects when it is first used.
   *
   * @param addresses of the dispatchers, host:port each
   * @param executor runs what depends on answers
   */
  StampedClient(List<String> addresses, Executor executor) {
    this.dispatchers =
        addresses.stream()
            .map(
                address ->
                    ManagedChannelBuilder.forTarget("dns:///" + address)
                        .usePlaintext()
                        .executor(executor)
                        .build())
            .toList();
  }

  int dispatchers() {
    return dispatchers.size();
  }

  ResolveResponse resolve(String namespace) {
    return KvServiceGrpc.newBlockingStub(dispatchers.get(0))
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .resolve(ResolveRequest.newBuilder().setNamespace(namespace).build());
  }

  /** Sends a write until it is acknowledged or time is up. */
  CompletableFuture<Outcome> write(PutRequest request, int dispatcher, Duration limit) {
    return attempt(request, dispatcher, System.nanoTime() + limit.toNanos(), Outcome.notWritten());
  }

  private CompletableFuture<Outcome> attempt(
      PutRequest request, int dispatcher, long endNanos, Outcome before) {
    return call(KvServiceGrpc.getPutMethod(), request, dispatcher)
        .handle(
            (answer, failure) -> {
              if (failure == null) {
                return CompletableFuture.completedFuture(new Outcome(answer, true));
              }
              Outcome now = before.and(new Outcome(null, !certainlyNot(failure)));
              if (System.nanoTime() > endNanos) {
                return CompletableFuture.completedFuture(now);
              }
              return CompletableFuture.supplyAsync(
                      () -> attempt(request, dispatcher + 1, endNanos, now), afterPause())
                  .thenCompose(next -> next);
            })
        .thenCompose(next -> next);
  }

  /** Reads a record; the request says how. */
  CompletableFuture<GetResponse> read(GetRequest request, int dispatcher) {
    return call(KvServiceGrpc.getGetMethod(), request, dispatcher);
  }

  private <Q, R> CompletableFuture<R> call(
      MethodDescriptor<Q, R> method, Q request, int dispatcher) {
    ManagedChannel channel = dispatchers.get(dispatcher % dispatchers.size());
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      // A dispatcher that was killed is back after a moment; gRPC would wait for longer.
      channel.resetConnectBackoff();
    }
    CompletableFuture<R> answer = new CompletableFuture<>();
    ClientCalls.asyncUnaryCall(
        channel.newCall(
            method,
            CallOptions.DEFAULT.withDeadlineAfter(ATTEMPT_LIMIT.toNanos(), TimeUnit.NANOSECONDS)),
        request,
        new StreamObserver<R>() {
          @Override
          public void onNext(R message) {
            answer.complete(message);
          }

          @Override
          public void onError(Throwable failure) {
            answer.completeExceptionally(failure);
          }

          @Override
          public void onCompleted() {
            answer.completeExceptionally(new IllegalStateException("no answer"));
          }
        });
    return answer;
  }

  private static boolean certainlyNot(Throwable failure) {
    // A connection that breaks tells nothing about what the dispatcher had done before.
    ByssusException error = GrpcErrors.fromGrpc(failure, ErrorCode.INDETERMINATE);
    return CERTAINLY_NOT.contains(error.code());
  }

  private static Executor afterPause() {
    return CompletableFuture.delayedExecutor(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    dispatchers.forEach(ManagedChannel::shutdownNow);
  }
}
