package io.byssus.client;

import io.byssus.client.admin.NamespaceDescription;
import io.byssus.client.calls.CallFailure;
import io.byssus.client.calls.Calls;
import io.byssus.model.ErrorCode;
import io.grpc.MethodDescriptor;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A change of a namespace that is made once, although the call may be repeated: where an attempt
 * got no answer and the next one is refused as the change itself would make it be (it exists, it is
 * gone), the change is taken for made if the namespace stands as it was to stand.
 */
final class NamespaceChange {
  private final Calls calls;
  private final String requestId;
  private final long deadline;

  /** Whether an attempt may have made the change without an answer. */
  private volatile boolean maybeMade;

  NamespaceChange(Calls calls, String requestId, long deadline) {
    this.calls = calls;
    this.requestId = requestId;
    this.deadline = deadline;
  }

  /**
   * Makes the change.
   *
   * @param refusal what a repetition is refused with when the first attempt has made the change
   * @param made looks whether it stands as it was to stand
   */
  <Q, R> NamespaceDescription make(
      MethodDescriptor<Q, R> method,
      Q request,
      Function<R, io.byssus.proto.admin.v1.Namespace> answer,
      ErrorCode refusal,
      Supplier<Optional<NamespaceDescription>> made) {
    try {
      AdminCall<Q, R> call = new AdminCall<>(calls, method, request, this::attemptFailed);
      return NamespaceCodec.description(answer.apply(call.run(requestId, deadline)));
    } catch (ByssusClientException e) {
      Optional<NamespaceDescription> found =
          maybeMade && e.code() == refusal ? made.get() : Optional.empty();
      return found.orElseThrow(() -> e);
    }
  }

  private void attemptFailed(CallFailure failure) {
    boolean refused =
        failure.named()
            && (failure.code() == ErrorCode.NOT_LEADER
                || failure.code() == ErrorCode.OVERLOADED
                || failure.code() == ErrorCode.SHUTTING_DOWN
                || !failure.retryable());
    maybeMade |= failure.sent() && !refused;
  }
}
