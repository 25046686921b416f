package io.byssus.client;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.CreateNamespaceRequest;
import io.byssus.proto.admin.v1.CreateNamespaceResponse;
import io.byssus.proto.admin.v1.DeleteNamespaceRequest;
import io.byssus.proto.admin.v1.DeleteNamespaceResponse;
import io.byssus.proto.admin.v1.DescribeClusterRequest;
import io.byssus.proto.admin.v1.DescribeClusterResponse;
import io.byssus.proto.admin.v1.DescribeNamespaceRequest;
import io.byssus.proto.admin.v1.DescribeNamespaceResponse;
import io.byssus.proto.admin.v1.ListNamespacesRequest;
import io.byssus.proto.admin.v1.ListNamespacesResponse;
import io.byssus.proto.admin.v1.ListShardsRequest;
import io.byssus.proto.admin.v1.ListShardsResponse;
import io.byssus.proto.admin.v1.Namespace;
import io.byssus.proto.admin.v1.NamespaceSizes;
import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.admin.v1.ReplicaDescription;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.admin.v1.ShardDescription;
import io.byssus.proto.admin.v1.UndeleteNamespaceRequest;
import io.byssus.proto.admin.v1.UndeleteNamespaceResponse;
import io.byssus.proto.admin.v1.UpdateNamespaceRequest;
import io.byssus.proto.admin.v1.UpdateNamespaceResponse;
import io.byssus.proto.log.v1.ConflictRule;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** The administration of a fake cluster. */
final class FakeAdmin extends AdminServiceGrpc.AdminServiceImplBase {
  private final FakeCluster cluster;

  FakeAdmin(FakeCluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public void describeCluster(
      DescribeClusterRequest request, StreamObserver<DescribeClusterResponse> to) {
    fail(to, ErrorCode.CLUSTER_NOT_READY);
  }

  @Override
  public void createNamespace(
      CreateNamespaceRequest request, StreamObserver<CreateNamespaceResponse> to) {
    String name = request.getSpec().getName();
    if (cluster.namespaces.putIfAbsent(name, 100 + cluster.namespaces.size()) != null) {
      fail(to, ErrorCode.NAMESPACE_EXISTS);
      return;
    }
    NamespaceSpec.Builder spec = request.getSpec().toBuilder();
    if (spec.getConflictRule() == ConflictRule.VERSION && spec.getTombstoneRetentionMs() == 0) {
      spec.setTombstoneRetentionMs(604_800_000);
    }
    cluster.specs.put(name, spec.build());
    answerOrBreak(CreateNamespaceResponse.newBuilder().setNamespace(namespace(name)).build(), to);
  }

  @Override
  public void describeNamespace(
      DescribeNamespaceRequest request, StreamObserver<DescribeNamespaceResponse> to) {
    if (!cluster.namespaces.containsKey(request.getName())) {
      fail(to, ErrorCode.NAMESPACE_NOT_FOUND);
      return;
    }
    to.onNext(
        DescribeNamespaceResponse.newBuilder()
            .setNamespace(namespace(request.getName()))
            .setSizes(
                NamespaceSizes.newBuilder()
                    .setRecordsEstimate(12)
                    .setDiskBytes(3_000)
                    .setShardsCounted(1)
                    .setShardCount(2))
            .build());
    to.onCompleted();
  }

  @Override
  public void listNamespaces(
      ListNamespacesRequest request, StreamObserver<ListNamespacesResponse> to) {
    ListNamespacesResponse.Builder response = ListNamespacesResponse.newBuilder();
    cluster.namespaces.keySet().stream()
        .sorted()
        .forEach(name -> response.addNamespaces(namespace(name)));
    if (request.getIncludeDeleted()) {
      cluster.deleted.values().forEach(response::addNamespaces);
    }
    to.onNext(response.build());
    to.onCompleted();
  }

  @Override
  public void listShards(ListShardsRequest request, StreamObserver<ListShardsResponse> to) {
    ListShardsResponse.Builder response = ListShardsResponse.newBuilder();
    for (FakeShard shard : cluster.shards) {
      response.addShards(
          ShardDescription.newBuilder()
              .setShard(shard.number())
              .setIncarnation(shard.incarnation())
              .addReplicas(
                  ReplicaDescription.newBuilder()
                      .setNodeId("server-1")
                      .setState(ReplicaState.HALTED)
                      .setHaltReason("LOG_REFUSED: another log")
                      .setAppliedPosition(shard.applied())));
    }
    to.onNext(response.build());
    to.onCompleted();
  }

  @Override
  public void updateNamespace(
      UpdateNamespaceRequest request, StreamObserver<UpdateNamespaceResponse> to) {
    long expected = request.getExpectedRulesVersion();
    long version = cluster.rulesVersions.getOrDefault(request.getSpec().getName(), 1L);
    if (expected != 0 && expected != version) {
      fail(to, ErrorCode.NAMESPACE_CHANGED);
      return;
    }
    cluster.specs.put(request.getSpec().getName(), request.getSpec());
    cluster.rulesVersions.put(request.getSpec().getName(), version + 1);
    UpdateNamespaceResponse response =
        UpdateNamespaceResponse.newBuilder()
            .setNamespace(namespace(request.getSpec().getName()))
            .build();
    answerOrBreak(response, to);
  }

  @Override
  public void deleteNamespace(
      DeleteNamespaceRequest request, StreamObserver<DeleteNamespaceResponse> to) {
    if (!cluster.namespaces.containsKey(request.getName())) {
      fail(to, ErrorCode.NAMESPACE_NOT_FOUND);
      return;
    }
    Namespace deleted =
        namespace(request.getName()).toBuilder()
            .setState(NamespaceState.DELETED)
            .setUndeleteUntilMs(9_000)
            .build();
    cluster.deleted.put(request.getName(), deleted);
    cluster.namespaces.remove(request.getName());
    answerOrBreak(DeleteNamespaceResponse.newBuilder().setNamespace(deleted).build(), to);
  }

  @Override
  public void undeleteNamespace(
      UndeleteNamespaceRequest request, StreamObserver<UndeleteNamespaceResponse> to) {
    Namespace deleted = cluster.deleted.remove(request.getName());
    if (deleted == null) {
      fail(to, ErrorCode.NAMESPACE_NOT_FOUND);
      return;
    }
    cluster.namespaces.put(request.getName(), deleted.getNamespaceId());
    UndeleteNamespaceResponse response =
        UndeleteNamespaceResponse.newBuilder().setNamespace(namespace(request.getName())).build();
    answerOrBreak(response, to);
  }

  /** Answers what is done, or breaks the connection where the test wants it. */
  private <R> void answerOrBreak(R response, StreamObserver<R> to) {
    if (cluster.breakCreations.getAndDecrement() > 0) {
      to.onError(Status.UNAVAILABLE.withDescription("connection reset").asException());
    } else {
      to.onNext(response);
      to.onCompleted();
    }
  }

  private Namespace namespace(String name) {
    return Namespace.newBuilder()
        .setNamespaceId(cluster.namespaces.get(name))
        .setSpec(
            cluster.specs.getOrDefault(
                name,
                NamespaceSpec.newBuilder()
                    .setName(name)
                    .setConflictRule(ConflictRule.LOG_ORDER)
                    .build()))
        .setRulesVersion(cluster.rulesVersions.getOrDefault(name, 1L))
        .setCreatedMs(1_000)
        .build();
  }

  private static void fail(StreamObserver<?> to, ErrorCode code) {
    to.onError(GrpcErrors.toGrpc(new ByssusException(code, "as the test asked")));
  }
}
