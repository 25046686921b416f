package io.byssus.client;

import io.byssus.client.calls.Attempt;
import io.byssus.client.calls.CallFailure;
import io.byssus.client.calls.CallTag;
import io.byssus.client.calls.Calls;
import io.byssus.client.calls.Dispatcher;
import io.byssus.model.ErrorCode;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.ResolveRequest;
import io.byssus.proto.kv.v1.ResolveResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Waits until the dispatchers know that a namespace was just created, or deleted: each follows the
 * control plane at its own pace. A dispatcher that cannot be asked is not waited for.
 */
final class NamespaceArrival {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Calls calls;
  private final String requestId;
  private final long deadline;

  /**
   * @param deadline on the clock of {@code calls}: waits no longer, however things stand
   */
  NamespaceArrival(Calls calls, String requestId, long deadline) {
    this.calls = calls;
    this.requestId = requestId;
    this.deadline = deadline;
  }

  /** Waits until the namespace is known. */
  void await(String namespace) {
    await(namespace, false);
  }

  /** Waits until the namespace is unknown. */
  void awaitGone(String namespace) {
    await(namespace, true);
  }

  private void await(String namespace, boolean gone) {
    ResolveRequest request = ResolveRequest.newBuilder().setNamespace(namespace).build();
    for (Dispatcher dispatcher : calls.dispatchers().all()) {
      CompletableFuture<Void> arrived = new CompletableFuture<>();
      ask(dispatcher, request, gone, arrived);
      Blocking.read(arrived);
    }
  }

  private void ask(
      Dispatcher dispatcher,
      ResolveRequest request,
      boolean gone,
      CompletableFuture<Void> arrived) {
    long now = calls.now();
    new Attempt<>(
            dispatcher,
            KvServiceGrpc.getResolveMethod(),
            new Attempt.Listener<ResolveResponse>() {
              @Override
              public void message(ResolveResponse message) {
                // It knows the namespace; what the namespace is, is asked when it is needed.
              }

              @Override
              public void ended(CallFailure failure) {
                boolean unknown =
                    failure != null && failure.code() == ErrorCode.NAMESPACE_NOT_FOUND;
                boolean asked = failure == null || unknown;
                if (!asked
                    || unknown == gone
                    || calls.now() + PAUSE_NANOS - deadline >= 0
                    || calls.later(() -> ask(dispatcher, request, gone, arrived), PAUSE_NANOS)
                        == null) {
                  arrived.complete(null);
                }
              }
            })
        .start(
            request,
            CallTag.of(requestId),
            now,
            calls.attemptDeadline(now, deadline),
            Attempt.UNARY);
  }
}
