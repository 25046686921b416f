package io.byssus.dispatcher;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/** Sends a future's outcome to a caller, and cancels it when the caller has gone. */
final class UnaryAnswer {
  private UnaryAnswer() {}

  /** Must be called while the call is being set up; errors are put into words by the listener. */
  static <T> void send(CompletableFuture<T> answer, StreamObserver<T> caller) {
    ServerCallStreamObserver<T> stream = (ServerCallStreamObserver<T>) caller;
    stream.setOnCancelHandler(() -> answer.cancel(false));
    answer.whenComplete(
        (value, failure) -> {
          if (stream.isCancelled()) {
            return;
          }
          if (failure != null) {
            stream.onError(failure);
          } else {
            stream.onNext(value);
            stream.onCompleted();
          }
        });
  }
}
