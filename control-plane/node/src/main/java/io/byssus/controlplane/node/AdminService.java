package io.byssus.controlplane.node;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Limits;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
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
import io.byssus.proto.internal.v1.ControlCommand;
import io.byssus.proto.internal.v1.InitClusterCommand;
import io.byssus.proto.internal.v1.MapChange;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Administration. All of it is the leader's: who asks after a change must see it, and what nodes
 * report is known to the leader alone.
 */
final class AdminService extends AdminServiceGrpc.AdminServiceImplBase {
  private static final Duration COMMIT_LIMIT = Duration.ofSeconds(5);
  private static final Duration INIT_LIMIT = Duration.ofSeconds(60);
  // The reason must reach the caller before its deadline does.
  private static final Duration ANSWER_MARGIN = Duration.ofMillis(200);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);
  // Each holds a thread of the pool while it waits for the log.
  private static final int INIT_CALLS = 2;

  private final Leadership leadership;
  private final ReplicatedState state;
  private final LogProvisioning logProvisioning;
  private final ClusterDescriptions descriptions;
  private final NamespaceAdmin namespaces;
  private final Supplier<UUID> ids;
  private final LongSupplier nanos;
  private final Semaphore initCalls = new Semaphore(INIT_CALLS);

  AdminService(
      Leadership leadership,
      ReplicatedState state,
      LogProvisioning logProvisioning,
      ClusterDescriptions descriptions,
      NamespaceAdmin namespaces,
      Supplier<UUID> ids,
      LongSupplier nanos) {
    this.leadership = leadership;
    this.state = state;
    this.logProvisioning = logProvisioning;
    this.descriptions = descriptions;
    this.namespaces = namespaces;
    this.ids = ids;
    this.nanos = nanos;
  }

  @Override
  public void initCluster(InitClusterRequest request, StreamObserver<InitClusterResponse> answer) {
    if (!initCalls.tryAcquire()) {
      throw new ByssusException(
          ErrorCode.OVERLOADED, INIT_CALLS + " callers wait for the log already");
    }
    try {
      long end = nanos.getAsLong() + initLimit().toNanos();
      ControlCommand command = command(request);
      examineLog(command, end);
      long attempts = logProvisioning.attempts();
      leadership.submit(command, COMMIT_LIMIT);
      awaitLog(attempts, end);
    } finally {
      initCalls.release();
    }
    send(answer, InitClusterResponse.newBuilder().setClusterId(state.image().clusterId()).build());
  }

  private ControlCommand command(InitClusterRequest request) {
    return leadership
        .command()
        .setInitCluster(
            InitClusterCommand.newBuilder()
                .setClusterId(ids.get().toString())
                .setClusterName(request.getClusterName())
                .setShardCount(request.getShardCount())
                .setReplicationFactor(request.getReplicationFactor())
                .setExpectedServers(request.getExpectedServers())
                .setLogReplicationFactor(request.getLogReplicationFactor())
                .setLogFormatVersion(Limits.LOG_FORMAT_VERSION))
        .build();
  }

  /** A cluster is made once: not where its log would be refused ever after. */
  private void examineLog(ControlCommand command, long endNanos) {
    List<MapChange> changes = leadership.foresee(command).changes();
    if (changes.isEmpty()) {
      // Refused, or a repeat: the submission says which.
      return;
    }
    try {
      logProvisioning.examine(
          changes.get(0).getCluster(), Duration.ofNanos(endNanos - nanos.getAsLong()));
    } catch (ByssusException e) {
      // Another call may have made the cluster meanwhile; then the log that is there is its own.
      if (!leadership.foresee(command).changes().isEmpty()) {
        throw e;
      }
    } catch (InterruptedException e) {
      throw stopping(e);
    }
  }

  private static ByssusException stopping(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new ByssusException(ErrorCode.SHUTTING_DOWN, "this member is stopping", e);
  }

  private static Duration initLimit() {
    Deadline deadline = Context.current().getDeadline();
    if (deadline == null) {
      return INIT_LIMIT;
    }
    return Duration.ofNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS)).minus(ANSWER_MARGIN);
  }

  private void awaitLog(long attemptsBefore, long endNanos) {
    while (!state.image().logReady()) {
      leadership.require();
      long attempts = logProvisioning.attempts();
      if (attempts > attemptsBefore) {
        logProvisioning
            .failure()
            .filter(failure -> failure.code() == ErrorCode.LOG_REFUSED)
            .ifPresent(
                failure -> {
                  throw failure;
                });
      }
      Duration left = Duration.ofNanos(endNanos - nanos.getAsLong());
      if (left.isNegative() || left.isZero()) {
        throw new ByssusException(
            ErrorCode.LOG_UNAVAILABLE,
            "the cluster is initialised, and its log is not ready yet: "
                + logProvisioning.failure().map(Throwable::getMessage).orElse("it takes longer"));
      }
      try {
        logProvisioning.awaitAttempt(attempts, left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN);
      } catch (InterruptedException e) {
        throw stopping(e);
      }
    }
  }

  @Override
  public void describeCluster(
      DescribeClusterRequest request, StreamObserver<DescribeClusterResponse> answer) {
    send(answer, descriptions.cluster(leadership.require().image()));
  }

  @Override
  public void createNamespace(
      CreateNamespaceRequest request, StreamObserver<CreateNamespaceResponse> answer) {
    send(answer, namespaces.create(request));
  }

  @Override
  public void updateNamespace(
      UpdateNamespaceRequest request, StreamObserver<UpdateNamespaceResponse> answer) {
    send(answer, namespaces.update(request));
  }

  @Override
  public void deleteNamespace(
      DeleteNamespaceRequest request, StreamObserver<DeleteNamespaceResponse> answer) {
    send(answer, namespaces.delete(request));
  }

  @Override
  public void undeleteNamespace(
      UndeleteNamespaceRequest request, StreamObserver<UndeleteNamespaceResponse> answer) {
    send(answer, namespaces.undelete(request));
  }

  @Override
  public void describeNamespace(
      DescribeNamespaceRequest request, StreamObserver<DescribeNamespaceResponse> answer) {
    send(answer, namespaces.describe(request));
  }

  @Override
  public void listNamespaces(
      ListNamespacesRequest request, StreamObserver<ListNamespacesResponse> answer) {
    send(answer, namespaces.list(request));
  }

  @Override
  public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> answer) {
    send(answer, descriptions.nodes(leadership.require().image()));
  }

  @Override
  public void listShards(ListShardsRequest request, StreamObserver<ListShardsResponse> answer) {
    send(answer, descriptions.shards(leadership.require().image(), nanos.getAsLong()));
  }

  private static <T> void send(StreamObserver<T> answer, T message) {
    answer.onNext(message);
    answer.onCompleted();
  }
}
