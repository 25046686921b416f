package io.byssus.client;

import io.byssus.client.admin.NamespaceDescription;
import io.byssus.model.ErrorCode;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.CreateNamespaceRequest;
import io.byssus.proto.admin.v1.DescribeNamespaceRequest;
import io.byssus.proto.admin.v1.NamespaceSpec;

/**
 * Creates a namespace, once, although the call may be repeated: where an attempt got no answer and
 * the next one hears that the namespace exists, it is taken for the one that was asked for.
 */
final class NamespaceCreation {
  private final Calls calls;
  private final String requestId;
  private final long deadline;

  /** Whether an attempt may have created it without an answer. */
  private volatile boolean maybeCreated;

  NamespaceCreation(Calls calls, String requestId, long deadline) {
    this.calls = calls;
    this.requestId = requestId;
    this.deadline = deadline;
  }

  NamespaceDescription create(String name) {
    CreateNamespaceRequest request =
        CreateNamespaceRequest.newBuilder()
            .setSpec(NamespaceSpec.newBuilder().setName(name))
            .build();
    try {
      return AdminCodec.namespace(
          new AdminCall<>(
                  calls, AdminServiceGrpc.getCreateNamespaceMethod(), request, this::attemptFailed)
              .run(requestId, deadline)
              .getNamespace());
    } catch (AlreadyExistsException e) {
      if (!maybeCreated) {
        throw e;
      }
      return AdminCodec.namespace(
          AdminCall.of(
                  calls,
                  AdminServiceGrpc.getDescribeNamespaceMethod(),
                  DescribeNamespaceRequest.newBuilder().setName(name).build())
              .run(requestId, deadline)
              .getNamespace());
    }
  }

  private void attemptFailed(CallFailure failure) {
    boolean refused =
        failure.named()
            && (failure.code() == ErrorCode.NOT_LEADER
                || failure.code() == ErrorCode.OVERLOADED
                || failure.code() == ErrorCode.SHUTTING_DOWN
                || !failure.retryable());
    maybeCreated |= failure.sent() && !refused;
  }
}
