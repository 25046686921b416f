package io.byssus.dispatcher.calls;

import io.byssus.model.ByssusException;
import io.byssus.model.GrpcErrors;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Sends a future's outcome to a caller, and cancels it when the caller has gone. */
public final class UnaryAnswer {
  private UnaryAnswer() {}

  /** Must be called while the call is being set up. */
  public static <T> void send(CompletableFuture<T> answer, StreamObserver<T> caller) {
    ServerCallStreamObserver<T> stream = (ServerCallStreamObserver<T>) caller;
    stream.setOnCancelHandler(() -> answer.cancel(false));
    answer.whenComplete(
        (value, failure) -> {
          if (stream.isCancelled()) {
            return;
          }
          if (failure != null) {
            stream.onError(toGrpc(failure));
          } else {
            stream.onNext(value);
            stream.onCompleted();
          }
        });
  }

  /**
   * The gRPC form of a failure that speaks for itself; any other as it is, for the listener to log.
   * (gRPC would look into the causes for a status, and find one that was meant for us.)
   */
  public static Throwable toGrpc(Throwable failure) {
    Throwable cause = causeOf(failure);
    return cause instanceof ByssusException error ? GrpcErrors.toGrpc(error) : cause;
  }

  /** What made a future fail, out of what a future that hangs on it says. */
  public static Throwable causeOf(Throwable failure) {
    return failure instanceof CompletionException ? failure.getCause() : failure;
  }
}
