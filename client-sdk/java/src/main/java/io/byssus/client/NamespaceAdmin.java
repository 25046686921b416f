package io.byssus.client;

import io.byssus.client.admin.NamespaceDescription;
import io.byssus.client.admin.NamespaceSettings;
import io.byssus.client.admin.NamespaceState;
import io.byssus.client.calls.Calls;
import io.byssus.model.ErrorCode;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.CreateNamespaceRequest;
import io.byssus.proto.admin.v1.CreateNamespaceResponse;
import io.byssus.proto.admin.v1.DeleteNamespaceRequest;
import io.byssus.proto.admin.v1.DeleteNamespaceResponse;
import io.byssus.proto.admin.v1.DescribeNamespaceRequest;
import io.byssus.proto.admin.v1.ListNamespacesRequest;
import io.byssus.proto.admin.v1.UndeleteNamespaceRequest;
import io.byssus.proto.admin.v1.UndeleteNamespaceResponse;
import io.byssus.proto.admin.v1.UpdateNamespaceRequest;
import io.byssus.proto.admin.v1.UpdateNamespaceResponse;
import java.util.List;
import java.util.Optional;

/** One administrative call about namespaces, within one deadline. */
final class NamespaceAdmin {
  private final Calls calls;
  private final String requestId;
  private final long deadline;

  /**
   * @param deadline on the clock of {@code calls}
   */
  NamespaceAdmin(Calls calls, String requestId, long deadline) {
    this.calls = calls;
    this.requestId = requestId;
    this.deadline = deadline;
  }

  NamespaceDescription create(NamespaceSettings settings) {
    NamespaceChecks.settings(settings);
    NamespaceDescription created =
        change()
            .make(
                AdminServiceGrpc.getCreateNamespaceMethod(),
                CreateNamespaceRequest.newBuilder()
                    .setSpec(NamespaceCodec.toProto(settings))
                    .build(),
                CreateNamespaceResponse::getNamespace,
                ErrorCode.NAMESPACE_EXISTS,
                () -> described(settings));
    arrival().await(settings.name());
    return created;
  }

  NamespaceDescription update(NamespaceSettings settings, long expectedRulesVersion) {
    NamespaceChecks.settings(settings);
    return change()
        .make(
            AdminServiceGrpc.getUpdateNamespaceMethod(),
            UpdateNamespaceRequest.newBuilder()
                .setSpec(NamespaceCodec.toProto(settings))
                .setExpectedRulesVersion(expectedRulesVersion)
                .build(),
            UpdateNamespaceResponse::getNamespace,
            ErrorCode.NAMESPACE_CHANGED,
            () ->
                described(settings)
                    .filter(found -> found.rulesVersion() == expectedRulesVersion + 1));
  }

  NamespaceDescription delete(String name) {
    RequestChecks.namespaceName(name);
    NamespaceDescription deleted =
        change()
            .make(
                AdminServiceGrpc.getDeleteNamespaceMethod(),
                DeleteNamespaceRequest.newBuilder().setName(name).build(),
                DeleteNamespaceResponse::getNamespace,
                ErrorCode.NAMESPACE_NOT_FOUND,
                () -> lastDeleted(name));
    arrival().awaitGone(name);
    return deleted;
  }

  NamespaceDescription undelete(String name) {
    RequestChecks.namespaceName(name);
    NamespaceDescription back =
        change()
            .make(
                AdminServiceGrpc.getUndeleteNamespaceMethod(),
                UndeleteNamespaceRequest.newBuilder().setName(name).build(),
                UndeleteNamespaceResponse::getNamespace,
                ErrorCode.NAMESPACE_NOT_FOUND,
                () -> Optional.of(describe(name)));
    arrival().await(name);
    return back;
  }

  List<NamespaceDescription> list(boolean includeDeleted) {
    return AdminCall.of(
            calls,
            AdminServiceGrpc.getListNamespacesMethod(),
            ListNamespacesRequest.newBuilder().setIncludeDeleted(includeDeleted).build())
        .run(requestId, deadline)
        .getNamespacesList()
        .stream()
        .map(NamespaceCodec::description)
        .toList();
  }

  NamespaceDescription describe(String name) {
    RequestChecks.namespaceName(name);
    return NamespaceCodec.description(
        AdminCall.of(
                calls,
                AdminServiceGrpc.getDescribeNamespaceMethod(),
                DescribeNamespaceRequest.newBuilder().setName(name).build())
            .run(requestId, deadline));
  }

  private NamespaceChange change() {
    return new NamespaceChange(calls, requestId, deadline);
  }

  private NamespaceArrival arrival() {
    return new NamespaceArrival(calls, requestId, deadline);
  }

  /** The namespace, if it is declared to be this. */
  private Optional<NamespaceDescription> described(NamespaceSettings settings) {
    return Optional.of(describe(settings.name()))
        .filter(found -> found.settings().equals(filledIn(settings, found.settings())));
  }

  /** What was asked for, with the retention that the control plane gives where none was. */
  private static NamespaceSettings filledIn(NamespaceSettings asked, NamespaceSettings found) {
    return asked.tombstoneRetention().isEmpty() && found.tombstoneRetention().isPresent()
        ? asked.withTombstoneRetention(found.tombstoneRetention().get())
        : asked;
  }

  private Optional<NamespaceDescription> lastDeleted(String name) {
    return list(true).stream()
        .filter(found -> found.name().equals(name) && found.state() == NamespaceState.DELETED)
        .reduce((earlier, later) -> earlier.id() > later.id() ? earlier : later);
  }
}
