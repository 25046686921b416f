package io.byssus.dispatcher;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.PutRequest;
import io.byssus.proto.kv.v1.WriteResponse;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A write whose answer may still be to come. */
final class PendingWrite implements StreamObserver<WriteResponse> {
  private final CompletableFuture<WriteResponse> future = new CompletableFuture<>();

  private PendingWrite() {}

  /** Issues a write. */
  static PendingWrite of(TestCluster cluster, PutRequest request) {
    PendingWrite write = new PendingWrite();
    KvServiceGrpc.newStub(cluster.channel())
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .put(request, write);
    return write;
  }

  boolean done() {
    return future.isDone();
  }

  WriteResponse value() throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  ByssusException error() throws Exception {
    return GrpcErrors.fromGrpc(
        future.handle((value, failure) -> failure).get(60, TimeUnit.SECONDS), ErrorCode.NO_REPLICA);
  }

  @Override
  public void onNext(WriteResponse value) {
    future.complete(value);
  }

  @Override
  public void onError(Throwable failure) {
    future.completeExceptionally(failure);
  }

  @Override
  public void onCompleted() {}
}
