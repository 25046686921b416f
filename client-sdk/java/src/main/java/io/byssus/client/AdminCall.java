package io.byssus.client;

import io.byssus.client.calls.CallFailure;
import io.byssus.client.calls.CallTag;
import io.byssus.client.calls.Calls;
import io.byssus.client.calls.Cancellations;
import io.byssus.client.calls.RetriedCall;
import io.byssus.model.ErrorCode;
import io.grpc.MethodDescriptor;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One administrative call. An attempt may take as long as the whole call: creating a log takes many
 * seconds, and asking another dispatcher for the same would not make it faster.
 *
 * @param failures sees the failure of every attempt
 */
record AdminCall<Q, R>(
    Calls calls, MethodDescriptor<Q, R> method, Q request, Consumer<CallFailure> failures) {

  static <Q, R> AdminCall<Q, R> of(Calls calls, MethodDescriptor<Q, R> method, Q request) {
    return new AdminCall<>(calls, method, request, failure -> {});
  }

  /**
   * Waits for the answer.
   *
   * @param deadline on the clock of {@code calls}
   * @throws ByssusClientException where there is none
   */
  R run(String requestId, long deadline) {
    CompletableFuture<R> result = new CompletableFuture<>();
    RetriedCall<Q, R> call =
        new RetriedCall<>(
            calls.withPatientAttempts(),
            method,
            () -> request,
            CallTag.of(requestId),
            deadline,
            this::retryable,
            new RetriedCall.Outcome<>() {
              @Override
              public void answered(R answer) {
                result.complete(answer);
              }

              @Override
              public void failed(CallFailure failure) {
                result.completeExceptionally(Failures.read(failure, requestId));
              }
            });
    Cancellations.passOn(result, call);
    call.start();
    return Blocking.read(result);
  }

  /** A cluster that is not initialised will not become so by itself: tell it at once. */
  private boolean retryable(CallFailure failure) {
    failures.accept(failure);
    return failure.retryable() && failure.code() != ErrorCode.CLUSTER_NOT_READY;
  }
}
