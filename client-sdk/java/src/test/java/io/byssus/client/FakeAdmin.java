package io.byssus.client;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.CreateNamespaceRequest;
import io.byssus.proto.admin.v1.CreateNamespaceResponse;
import io.byssus.proto.admin.v1.DescribeClusterRequest;
import io.byssus.proto.admin.v1.DescribeClusterResponse;
import io.byssus.proto.admin.v1.DescribeNamespaceRequest;
import io.byssus.proto.admin.v1.DescribeNamespaceResponse;
import io.byssus.proto.admin.v1.ListNamespacesRequest;
import io.byssus.proto.admin.v1.ListNamespacesResponse;
import io.byssus.proto.admin.v1.ListShardsRequest;
import io.byssus.proto.admin.v1.ListShardsResponse;
import io.byssus.proto.admin.v1.Namespace;
import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.admin.v1.ReplicaDescription;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.admin.v1.ShardDescription;
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
    } else if (cluster.breakCreations.getAndDecrement() > 0) {
      to.onError(Status.UNAVAILABLE.withDescription("connection reset").asException());
    } else {
      to.onNext(CreateNamespaceResponse.newBuilder().setNamespace(namespace(name)).build());
      to.onCompleted();
    }
  }

  @Override
  public void describeNamespace(
      DescribeNamespaceRequest request, StreamObserver<DescribeNamespaceResponse> to) {
    if (!cluster.namespaces.containsKey(request.getName())) {
      fail(to, ErrorCode.NAMESPACE_NOT_FOUND);
      return;
    }
    to.onNext(
        DescribeNamespaceResponse.newBuilder().setNamespace(namespace(request.getName())).build());
    to.onCompleted();
  }

  @Override
  public void listNamespaces(
      ListNamespacesRequest request, StreamObserver<ListNamespacesResponse> to) {
    ListNamespacesResponse.Builder response = ListNamespacesResponse.newBuilder();
    cluster.namespaces.keySet().stream()
        .sorted()
        .forEach(name -> response.addNamespaces(namespace(name)));
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

  private Namespace namespace(String name) {
    return Namespace.newBuilder()
        .setNamespaceId(cluster.namespaces.get(name))
        .setSpec(
            NamespaceSpec.newBuilder()
                .setName(name)
                .setConflictRule(io.byssus.proto.log.v1.ConflictRule.LOG_ORDER))
        .setRulesVersion(1)
        .setCreatedMs(1_000)
        .build();
  }

  private static void fail(StreamObserver<?> to, ErrorCode code) {
    to.onError(GrpcErrors.toGrpc(new ByssusException(code, "as the test asked")));
  }
}
