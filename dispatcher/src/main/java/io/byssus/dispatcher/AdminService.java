package io.byssus.dispatcher;

import io.byssus.clustermap.ControlPlaneClient;
import io.byssus.dispatcher.calls.CallDeadline;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.AdminServiceGrpc.AdminServiceBlockingStub;
import io.byssus.proto.admin.v1.AdminServiceGrpc.AdminServiceImplBase;
import io.byssus.proto.admin.v1.CreateNamespaceRequest;
import io.byssus.proto.admin.v1.CreateNamespaceResponse;
import io.byssus.proto.admin.v1.DeleteNamespaceRequest;
import io.byssus.proto.admin.v1.DeleteNamespaceResponse;
import io.byssus.proto.admin.v1.DescribeClusterRequest;
import io.byssus.proto.admin.v1.DescribeClusterResponse;
import io.byssus.proto.admin.v1.DescribeNamespaceRequest;
import io.byssus.proto.admin.v1.DescribeNamespaceResponse;
import io.byssus.proto.admin.v1.InitClusterRequest;
import io.byssus.proto.admin.v1.InitClusterResponse;
import io.byssus.proto.admin.v1.ListNamespacesRequest;
import io.byssus.proto.admin.v1.ListNamespacesResponse;
import io.byssus.proto.admin.v1.ListNodesRequest;
import io.byssus.proto.admin.v1.ListNodesResponse;
import io.byssus.proto.admin.v1.ListShardsRequest;
import io.byssus.proto.admin.v1.ListShardsResponse;
import io.byssus.proto.admin.v1.UndeleteNamespaceRequest;
import io.byssus.proto.admin.v1.UndeleteNamespaceResponse;
import io.byssus.proto.admin.v1.UpdateNamespaceRequest;
import io.byssus.proto.admin.v1.UpdateNamespaceResponse;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The administration API, passed on to the control plane's leader and its answer passed back; only
 * what a namespace holds is asked of the servers. Blocks a thread meanwhile: calls are rare.
 */
final class AdminService extends AdminServiceImplBase {
  /** What a call gets whose caller gave no deadline. Creating a log takes its time. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static final Duration INIT_LIMIT = Duration.ofMinutes(1);

  /** What adding up sizes gets at the most, of what the caller's deadline leaves. */
  private static final Duration SIZES_LIMIT = Duration.ofSeconds(5);

  private final ControlPlaneClient controlPlane;
  private final NamespaceSizer sizer;
  private final LongSupplier nanoTime;

  AdminService(ControlPlaneClient controlPlane, NamespaceSizer sizer, LongSupplier nanoTime) {
    this.controlPlane = controlPlane;
    this.sizer = sizer;
    this.nanoTime = nanoTime;
  }

  @Override
  public void initCluster(InitClusterRequest request, StreamObserver<InitClusterResponse> caller) {
    caller.onNext(ask(INIT_LIMIT, leader -> leader.initCluster(request)));
    caller.onCompleted();
  }

  @Override
  public void describeCluster(
      DescribeClusterRequest request, StreamObserver<DescribeClusterResponse> caller) {
    passOn(AdminServiceBlockingStub::describeCluster, request, caller);
  }

  @Override
  public void createNamespace(
      CreateNamespaceRequest request, StreamObserver<CreateNamespaceResponse> caller) {
    passOn(AdminServiceBlockingStub::createNamespace, request, caller);
  }

  @Override
  public void updateNamespace(
      UpdateNamespaceRequest request, StreamObserver<UpdateNamespaceResponse> caller) {
    passOn(AdminServiceBlockingStub::updateNamespace, request, caller);
  }

  @Override
  public void deleteNamespace(
      DeleteNamespaceRequest request, StreamObserver<DeleteNamespaceResponse> caller) {
    passOn(AdminServiceBlockingStub::deleteNamespace, request, caller);
  }

  @Override
  public void undeleteNamespace(
      UndeleteNamespaceRequest request, StreamObserver<UndeleteNamespaceResponse> caller) {
    passOn(AdminServiceBlockingStub::undeleteNamespace, request, caller);
  }

  @Override
  public void listNamespaces(
      ListNamespacesRequest request, StreamObserver<ListNamespacesResponse> caller) {
    passOn(AdminServiceBlockingStub::listNamespaces, request, caller);
  }

  @Override
  public void describeNamespace(
      DescribeNamespaceRequest request, StreamObserver<DescribeNamespaceResponse> caller) {
    CallDeadline deadline = CallDeadline.after(limit(LIMIT), nanoTime);
    DescribeNamespaceResponse answer = ask(LIMIT, leader -> leader.describeNamespace(request));
    int namespaceId = answer.getNamespace().getNamespaceId();
    caller.onNext(
        answer.toBuilder()
            .setSizes(sizer.sizes(namespaceId, deadline.atMost(SIZES_LIMIT)))
            .build());
    caller.onCompleted();
  }

  @Override
  public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> caller) {
    passOn(AdminServiceBlockingStub::listNodes, request, caller);
  }

  @Override
  public void listShards(ListShardsRequest request, StreamObserver<ListShardsResponse> caller) {
    passOn(AdminServiceBlockingStub::listShards, request, caller);
  }

  private <Q, T> void passOn(
      BiFunction<AdminServiceBlockingStub, Q, T> call, Q request, StreamObserver<T> caller) {
    caller.onNext(ask(LIMIT, leader -> call.apply(leader, request)));
    caller.onCompleted();
  }

  private <T> T ask(Duration limit, Function<AdminServiceBlockingStub, T> call) {
    return controlPlane.call(
        limit(limit), channel -> call.apply(AdminServiceGrpc.newBlockingStub(channel)));
  }

  /** The caller's own deadline where it gave one, less what the answer needs to arrive. */
  private Duration limit(Duration whereNoneIsGiven) {
    Context context = Context.current();
    return context.getDeadline() == null
        ? whereNoneIsGiven
        : Duration.ofNanos(CallDeadline.of(context, nanoTime).remainingNanos());
  }
}
