package io.byssus.cli;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.admin.v1.AdminServiceGrpc.AdminServiceImplBase;
import io.byssus.proto.admin.v1.CreateNamespaceRequest;
import io.byssus.proto.admin.v1.CreateNamespaceResponse;
import io.byssus.proto.admin.v1.DeleteNamespaceRequest;
import io.byssus.proto.admin.v1.DeleteNamespaceResponse;
import io.byssus.proto.admin.v1.DescribeNamespaceRequest;
import io.byssus.proto.admin.v1.DescribeNamespaceResponse;
import io.byssus.proto.admin.v1.ListNamespacesRequest;
import io.byssus.proto.admin.v1.ListNamespacesResponse;
import io.byssus.proto.admin.v1.Namespace;
import io.byssus.proto.admin.v1.NamespaceSizes;
import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.admin.v1.UndeleteNamespaceRequest;
import io.byssus.proto.admin.v1.UndeleteNamespaceResponse;
import io.byssus.proto.admin.v1.UpdateNamespaceRequest;
import io.byssus.proto.admin.v1.UpdateNamespaceResponse;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Namespaces in memory, by name. Checks nothing but that they are there. */
final class FakeNamespaces extends AdminServiceImplBase {
  private static final long DAY = 86_400_000;

  private final Map<String, Namespace> namespaces = new ConcurrentSkipListMap<>();

  NamespaceSpec spec(String name) {
    return namespaces.get(name).getSpec();
  }

  private Namespace keep(Namespace.Builder namespace) {
    Namespace kept = namespace.build();
    namespaces.put(kept.getSpec().getName(), kept);
    return kept;
  }

  private static <T> void answer(StreamObserver<T> observer, T answer) {
    observer.onNext(answer);
    observer.onCompleted();
  }

  /** The namespace in a state; null where there is none, and then the error is sent. */
  private Namespace.Builder find(String name, NamespaceState state, StreamObserver<?> observer) {
    Namespace found = namespaces.get(name);
    if (found != null && found.getState() == state) {
      return found.toBuilder();
    }
    observer.onError(
        GrpcErrors.toGrpc(
            new ByssusException(ErrorCode.NAMESPACE_NOT_FOUND, "there is no namespace")));
    return null;
  }

  @Override
  public void createNamespace(
      CreateNamespaceRequest request, StreamObserver<CreateNamespaceResponse> observer) {
    Namespace.Builder created =
        Namespace.newBuilder()
            .setNamespaceId(namespaces.size() + 1)
            .setSpec(request.getSpec())
            .setRulesVersion(1)
            .setState(NamespaceState.ACTIVE)
            .setCreatedMs(1_700_000_000_000L);
    answer(observer, CreateNamespaceResponse.newBuilder().setNamespace(keep(created)).build());
  }

  @Override
  public void updateNamespace(
      UpdateNamespaceRequest request, StreamObserver<UpdateNamespaceResponse> observer) {
    Namespace.Builder found = find(request.getSpec().getName(), NamespaceState.ACTIVE, observer);
    if (found != null) {
      found.setSpec(request.getSpec()).setRulesVersion(request.getExpectedRulesVersion() + 1);
      answer(observer, UpdateNamespaceResponse.newBuilder().setNamespace(keep(found)).build());
    }
  }

  @Override
  public void deleteNamespace(
      DeleteNamespaceRequest request, StreamObserver<DeleteNamespaceResponse> observer) {
    Namespace.Builder found = find(request.getName(), NamespaceState.ACTIVE, observer);
    if (found != null) {
      found.setState(NamespaceState.DELETED).setUndeleteUntilMs(found.getCreatedMs() + DAY);
      answer(observer, DeleteNamespaceResponse.newBuilder().setNamespace(keep(found)).build());
    }
  }

  @Override
  public void undeleteNamespace(
      UndeleteNamespaceRequest request, StreamObserver<UndeleteNamespaceResponse> observer) {
    Namespace.Builder found = find(request.getName(), NamespaceState.DELETED, observer);
    if (found != null) {
      found.setState(NamespaceState.ACTIVE).clearUndeleteUntilMs();
      answer(observer, UndeleteNamespaceResponse.newBuilder().setNamespace(keep(found)).build());
    }
  }

  @Override
  public void listNamespaces(
      ListNamespacesRequest request, StreamObserver<ListNamespacesResponse> observer) {
    answer(
        observer,
        ListNamespacesResponse.newBuilder()
            .addAllNamespaces(
                namespaces.values().stream()
                    .filter(
                        namespace ->
                            request.getIncludeDeleted()
                                || namespace.getState() == NamespaceState.ACTIVE)
                    .toList())
            .build());
  }

  @Override
  public void describeNamespace(
      DescribeNamespaceRequest request, StreamObserver<DescribeNamespaceResponse> observer) {
    Namespace.Builder found = find(request.getName(), NamespaceState.ACTIVE, observer);
    if (found != null) {
      answer(
          observer,
          DescribeNamespaceResponse.newBuilder()
              .setNamespace(found)
              .setSizes(
                  NamespaceSizes.newBuilder()
                      .setRecordsEstimate(20)
                      .setDiskBytes(4096)
                      .setShardsCounted(3)
                      .setShardCount(4))
              .build());
    }
  }
}
