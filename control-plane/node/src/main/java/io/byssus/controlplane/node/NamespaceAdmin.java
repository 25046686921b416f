package io.byssus.controlplane.node;

import io.byssus.clustermap.ClusterImage;
import io.byssus.controlplane.state.NamespaceSpecs;
import io.byssus.proto.admin.v1.CreateNamespaceRequest;
import io.byssus.proto.admin.v1.CreateNamespaceResponse;
import io.byssus.proto.admin.v1.DeleteNamespaceRequest;
import io.byssus.proto.admin.v1.DeleteNamespaceResponse;
import io.byssus.proto.admin.v1.DescribeNamespaceRequest;
import io.byssus.proto.admin.v1.DescribeNamespaceResponse;
import io.byssus.proto.admin.v1.ListNamespacesRequest;
import io.byssus.proto.admin.v1.ListNamespacesResponse;
import io.byssus.proto.admin.v1.Namespace;
import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.admin.v1.UndeleteNamespaceRequest;
import io.byssus.proto.admin.v1.UndeleteNamespaceResponse;
import io.byssus.proto.admin.v1.UpdateNamespaceRequest;
import io.byssus.proto.admin.v1.UpdateNamespaceResponse;
import io.byssus.proto.internal.v1.ControlCommand;
import io.byssus.proto.internal.v1.CreateNamespaceCommand;
import io.byssus.proto.internal.v1.DeleteNamespaceCommand;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.UndeleteNamespaceCommand;
import io.byssus.proto.internal.v1.UpdateNamespaceCommand;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;

/** What administrators may do with namespaces: each call is a command through Raft, or a look. */
final class NamespaceAdmin {
  private static final Duration COMMIT_LIMIT = Duration.ofSeconds(5);

  private final Leadership leadership;
  private final Duration grace;

  /**
   * Administers for the leader.
   *
   * @param grace for how long a deleted namespace can be undeleted
   */
  NamespaceAdmin(Leadership leadership, Duration grace) {
    this.leadership = leadership;
    this.grace = grace;
  }

  CreateNamespaceResponse create(CreateNamespaceRequest request) {
    NamespaceSpec spec = NamespaceSpecs.completed(request.getSpec());
    ClusterImage after =
        submit(
            leadership
                .command()
                .setCreateNamespace(CreateNamespaceCommand.newBuilder().setSpec(spec)));
    return CreateNamespaceResponse.newBuilder()
        .setNamespace(described(after.namespace(spec.getName()).orElseThrow()))
        .build();
  }

  UpdateNamespaceResponse update(UpdateNamespaceRequest request) {
    NamespaceSpec spec = NamespaceSpecs.completed(request.getSpec());
    ClusterImage after =
        submit(
            leadership
                .command()
                .setUpdateNamespace(
                    UpdateNamespaceCommand.newBuilder()
                        .setSpec(spec)
                        .setExpectedRulesVersion(request.getExpectedRulesVersion())));
    return UpdateNamespaceResponse.newBuilder()
        .setNamespace(described(after.namespace(spec.getName()).orElseThrow()))
        .build();
  }

  DeleteNamespaceResponse delete(DeleteNamespaceRequest request) {
    ClusterImage after =
        submit(
            leadership
                .command()
                .setDeleteNamespace(
                    DeleteNamespaceCommand.newBuilder()
                        .setName(request.getName())
                        .setGraceMs(grace.toMillis())));
    return DeleteNamespaceResponse.newBuilder()
        .setNamespace(described(after.deletedNamespace(request.getName()).orElseThrow()))
        .build();
  }

  UndeleteNamespaceResponse undelete(UndeleteNamespaceRequest request) {
    ClusterImage after =
        submit(
            leadership
                .command()
                .setUndeleteNamespace(
                    UndeleteNamespaceCommand.newBuilder().setName(request.getName())));
    return UndeleteNamespaceResponse.newBuilder()
        .setNamespace(described(after.namespace(request.getName()).orElseThrow()))
        .build();
  }

  private ClusterImage submit(ControlCommand.Builder command) {
    return leadership.submit(command.build(), COMMIT_LIMIT).image();
  }

  ListNamespacesResponse list(ListNamespacesRequest request) {
    ListNamespacesResponse.Builder list = ListNamespacesResponse.newBuilder();
    leadership.require().image().namespaces().stream()
        .filter(
            entry ->
                ClusterImage.isActive(entry)
                    || (request.getIncludeDeleted() && entry.getState() == NamespaceState.DELETED))
        .sorted(Comparator.comparing(entry -> entry.getRules().getName()))
        .forEach(entry -> list.addNamespaces(described(entry)));
    return list.build();
  }

  DescribeNamespaceResponse describe(DescribeNamespaceRequest request) {
    ClusterImage image = leadership.require().image();
    Optional<NamespaceEntry> entry = image.namespace(request.getName());
    return DescribeNamespaceResponse.newBuilder()
        .setNamespace(
            described(entry.orElseThrow(() -> image.namespaceNotFound(request.getName()))))
        .build();
  }

  private static Namespace described(NamespaceEntry entry) {
    return Namespace.newBuilder()
        .setNamespaceId(entry.getRules().getNamespaceId())
        .setSpec(NamespaceSpecs.of(entry))
        .setRulesVersion(entry.getRules().getVersion())
        .setCreatedMs(entry.getCreatedMs())
        .setState(ClusterImage.isActive(entry) ? NamespaceState.ACTIVE : entry.getState())
        .setUndeleteUntilMs(entry.getUndeleteUntilMs())
        .build();
  }
}
