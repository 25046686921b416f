package io.byssus.dispatcher;

import io.byssus.clustermap.ClusterIdHeader;
import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.process.HostPort;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.DeleteNamespaceRequest;
import io.byssus.proto.admin.v1.DeleteNamespaceResponse;
import io.byssus.proto.admin.v1.DescribeNamespaceRequest;
import io.byssus.proto.admin.v1.DescribeNamespaceResponse;
import io.byssus.proto.admin.v1.ListNamespacesRequest;
import io.byssus.proto.admin.v1.ListNamespacesResponse;
import io.byssus.proto.admin.v1.ListNodesRequest;
import io.byssus.proto.admin.v1.ListNodesResponse;
import io.byssus.proto.admin.v1.Namespace;
import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.admin.v1.NodeDescription;
import io.byssus.proto.admin.v1.UndeleteNamespaceRequest;
import io.byssus.proto.admin.v1.UndeleteNamespaceResponse;
import io.byssus.proto.admin.v1.UpdateNamespaceRequest;
import io.byssus.proto.admin.v1.UpdateNamespaceResponse;
import io.byssus.proto.internal.v1.ControlPlaneServiceGrpc;
import io.byssus.proto.internal.v1.DeregisterNodeRequest;
import io.byssus.proto.internal.v1.DeregisterNodeResponse;
import io.byssus.proto.internal.v1.HeartbeatRequest;
import io.byssus.proto.internal.v1.HeartbeatResponse;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.RegisterNodeRequest;
import io.byssus.proto.internal.v1.RegisterNodeResponse;
import io.byssus.proto.internal.v1.WatchRequest;
import io.byssus.proto.internal.v1.WatchResponse;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.NamespaceRules;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A control plane of one member, over real gRPC: a map that a test changes, streamed to whoever
 * watches. It can know of a namespace before its watchers do, and it can go away.
 */
final class FakeControlPlane implements AutoCloseable {
  /** 2026-11-23T12:00:00Z. */
  static final long UNDELETE_UNTIL_MS = 1_795_435_200_000L;

  private final List<ServerCallStreamObserver<WatchResponse>> watchers = new ArrayList<>();
  private final Map<String, NamespaceEntry> namespaces = new TreeMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<RegisterNodeRequest> registered = new CopyOnWriteArrayList<>();
  private final List<DeregisterNodeRequest> deregistered = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService signsOfLife = Executors.newSingleThreadScheduledExecutor();
  private int lastNamespaceId;
  private ClusterImage image = ClusterImage.empty();
  private Server server;
  private int port;

  FakeControlPlane() throws IOException {
    this(0);
  }

  /** One that stands where another stood. */
  FakeControlPlane(int port) throws IOException {
    this.port = port;
    start();
    signsOfLife.scheduleWithFixedDelay(
        () -> send(WatchResponse.getDefaultInstance()), 200, 200, TimeUnit.MILLISECONDS);
  }

  HostPort address() {
    return new HostPort("127.0.0.1", port);
  }

  /** Comes back where it was. */
  synchronized void start() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
            .addService(new Watching())
            .addService(
                ServerInterceptors.intercept(
                    new Administration(),
                    ClusterIdHeader.refusingOthers(() -> Optional.of(image().clusterId()))))
            .build()
            .start();
    port = server.getPort();
  }

  /** Goes away with all its connections. */
  void stop() throws InterruptedException {
    synchronized (this) {
      watchers.clear();
      server.shutdownNow();
    }
    server.awaitTermination(5, TimeUnit.SECONDS);
  }

  /** The map. */
  synchronized ClusterImage image() {
    return image;
  }

  /** Changes the map. */
  synchronized void change(MapChange... changes) {
    image = image.with(image.revision() + 1, List.of(changes));
    send(WatchResponse.newBuilder().addAllChanges(List.of(changes)).build());
  }

  private synchronized void send(WatchResponse step) {
    WatchResponse revised = step.toBuilder().setRevision(image.revision()).build();
    watchers.removeIf(ServerCallStreamObserver::isCancelled);
    watchers.forEach(watcher -> watcher.onNext(revised));
  }

  /** Creates a namespace of which watchers do not hear yet. */
  NamespaceEntry createUnannounced(String name) {
    return createUnannounced(name, ConflictRule.LOG_ORDER);
  }

  private synchronized NamespaceEntry createUnannounced(String name, ConflictRule rule) {
    NamespaceEntry entry =
        NamespaceEntry.newBuilder()
            .setRules(
                NamespaceRules.newBuilder()
                    .setNamespaceId(++lastNamespaceId)
                    .setVersion(1)
                    .setName(name)
                    .setConflictRule(rule))
            .build();
    namespaces.put(name, entry);
    return entry;
  }

  void announce(NamespaceEntry entry) {
    change(MapChange.newBuilder().setNamespace(entry).build());
  }

  NamespaceEntry create(String name) {
    return create(name, ConflictRule.LOG_ORDER);
  }

  NamespaceEntry create(String name, ConflictRule rule) {
    NamespaceEntry entry = createUnannounced(name, rule);
    announce(entry);
    return entry;
  }

  /** Deletes a namespace, softly, and tells watchers. */
  NamespaceEntry delete(String name) {
    NamespaceEntry entry;
    synchronized (this) {
      entry =
          namespaces.remove(name).toBuilder()
              .setState(NamespaceState.DELETED)
              .setDeletedRevision(image.revision() + 1)
              .setUndeleteUntilMs(UNDELETE_UNTIL_MS)
              .build();
    }
    announce(entry);
    return entry;
  }

  /** Takes a deletion back, of which watchers do not hear yet. */
  synchronized NamespaceEntry undeleteUnannounced(String name) {
    NamespaceEntry entry =
        image.deletedNamespace(name).orElseThrow().toBuilder()
            .setState(NamespaceState.ACTIVE)
            .clearDeletedRevision()
            .clearUndeleteUntilMs()
            .build();
    namespaces.put(name, entry);
    return entry;
  }

  /** Changes a namespace's rules, and tells watchers. */
  NamespaceEntry changeRules(String name, long defaultTtlMs) {
    NamespaceEntry.Builder entry;
    synchronized (this) {
      entry = namespaces.get(name).toBuilder();
      entry
          .getRulesBuilder()
          .setVersion(entry.getRules().getVersion() + 1)
          .setDefaultTtlMs(defaultTtlMs);
      namespaces.put(name, entry.build());
    }
    announce(entry.build());
    return entry.build();
  }

  /** The names that DescribeNamespace was asked for. */
  List<String> asked() {
    return asked;
  }

  List<RegisterNodeRequest> registered() {
    return registered;
  }

  List<DeregisterNodeRequest> deregistered() {
    return deregistered;
  }

  private final class Watching extends ControlPlaneServiceGrpc.ControlPlaneServiceImplBase {
    @Override
    public void watch(WatchRequest request, StreamObserver<WatchResponse> caller) {
      ServerCallStreamObserver<WatchResponse> watcher =
          (ServerCallStreamObserver<WatchResponse>) caller;
      watcher.setOnCancelHandler(() -> {});
      synchronized (FakeControlPlane.this) {
        watcher.onNext(
            WatchResponse.newBuilder().setRevision(image.revision()).setMap(image.toMap()).build());
        watchers.add(watcher);
      }
    }

    @Override
    public void registerNode(
        RegisterNodeRequest request, StreamObserver<RegisterNodeResponse> caller) {
      registered.add(request);
      answer(caller, RegisterNodeResponse.newBuilder().setLeaseMs(5_000).build());
    }

    @Override
    public void heartbeat(HeartbeatRequest request, StreamObserver<HeartbeatResponse> caller) {
      answer(caller, HeartbeatResponse.newBuilder().setLeaseMs(5_000).build());
    }

    @Override
    public void deregisterNode(
        DeregisterNodeRequest request, StreamObserver<DeregisterNodeResponse> caller) {
      deregistered.add(request);
      answer(caller, DeregisterNodeResponse.getDefaultInstance());
    }
  }

  private final class Administration extends AdminServiceGrpc.AdminServiceImplBase {
    @Override
    public void describeNamespace(
        DescribeNamespaceRequest request, StreamObserver<DescribeNamespaceResponse> caller) {
      asked.add(request.getName());
      Optional<NamespaceEntry> entry;
      synchronized (FakeControlPlane.this) {
        entry = Optional.ofNullable(namespaces.get(request.getName()));
      }
      if (entry.isEmpty()) {
        caller.onError(
            GrpcErrors.toGrpc(
                new ByssusException(ErrorCode.NAMESPACE_NOT_FOUND, "no such namespace")));
        return;
      }
      answer(
          caller,
          DescribeNamespaceResponse.newBuilder().setNamespace(described(entry.get())).build());
    }

    @Override
    public void updateNamespace(
        UpdateNamespaceRequest request, StreamObserver<UpdateNamespaceResponse> caller) {
      NamespaceEntry entry =
          changeRules(request.getSpec().getName(), request.getSpec().getDefaultTtlMs());
      answer(caller, UpdateNamespaceResponse.newBuilder().setNamespace(described(entry)).build());
    }

    @Override
    public void deleteNamespace(
        DeleteNamespaceRequest request, StreamObserver<DeleteNamespaceResponse> caller) {
      NamespaceEntry entry = delete(request.getName());
      answer(caller, DeleteNamespaceResponse.newBuilder().setNamespace(described(entry)).build());
    }

    @Override
    public void undeleteNamespace(
        UndeleteNamespaceRequest request, StreamObserver<UndeleteNamespaceResponse> caller) {
      NamespaceEntry entry = undeleteUnannounced(request.getName());
      announce(entry);
      answer(caller, UndeleteNamespaceResponse.newBuilder().setNamespace(described(entry)).build());
    }

    @Override
    public void listNamespaces(
        ListNamespacesRequest request, StreamObserver<ListNamespacesResponse> caller) {
      ListNamespacesResponse.Builder answer = ListNamespacesResponse.newBuilder();
      synchronized (FakeControlPlane.this) {
        image.namespaces().stream()
            .filter(entry -> request.getIncludeDeleted() || ClusterImage.isActive(entry))
            .forEach(entry -> answer.addNamespaces(described(entry)));
      }
      answer(caller, answer.build());
    }

    @Override
    public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> caller) {
      answer(
          caller,
          ListNodesResponse.newBuilder()
              .addNodes(NodeDescription.newBuilder().setNodeId("cp-1").setLeader(true))
              .build());
    }
  }

  private static Namespace.Builder described(NamespaceEntry entry) {
    NamespaceRules rules = entry.getRules();
    return Namespace.newBuilder()
        .setNamespaceId(rules.getNamespaceId())
        .setRulesVersion(rules.getVersion())
        .setState(entry.getState())
        .setUndeleteUntilMs(entry.getUndeleteUntilMs())
        .setSpec(NamespaceSpec.newBuilder().setName(rules.getName()));
  }

  private static <T> void answer(StreamObserver<T> caller, T answer) {
    caller.onNext(answer);
    caller.onCompleted();
  }

  @Override
  public void close() throws InterruptedException {
    signsOfLife.shutdownNow();
    stop();
  }
}
