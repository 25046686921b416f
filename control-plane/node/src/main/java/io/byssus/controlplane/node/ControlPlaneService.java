package io.byssus.controlplane.node;

import io.byssus.clustermap.ClusterImage;
import io.byssus.clustermap.NodeLease;
import io.byssus.clustermap.WatchHub;
import io.byssus.controlplane.state.Decision;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.ChangeNodeCommand;
import io.byssus.proto.internal.v1.ControlCommand;
import io.byssus.proto.internal.v1.ControlPlaneServiceGrpc;
import io.byssus.proto.internal.v1.DeregisterNodeCommand;
import io.byssus.proto.internal.v1.DeregisterNodeRequest;
import io.byssus.proto.internal.v1.DeregisterNodeResponse;
import io.byssus.proto.internal.v1.HeartbeatRequest;
import io.byssus.proto.internal.v1.HeartbeatResponse;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.RegisterNodeCommand;
import io.byssus.proto.internal.v1.RegisterNodeRequest;
import io.byssus.proto.internal.v1.RegisterNodeResponse;
import io.byssus.proto.internal.v1.WatchRequest;
import io.byssus.proto.internal.v1.WatchResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What servers and dispatchers ask. Watching is served by every member, the rest by the leader. */
final class ControlPlaneService extends ControlPlaneServiceGrpc.ControlPlaneServiceImplBase {
  private static final Logger log = LoggerFactory.getLogger(ControlPlaneService.class);
  private static final Duration COMMIT_LIMIT = Duration.ofSeconds(5);

  private final Leadership leadership;
  private final LeaseTable leases;
  private final Duration lease;
  private final WatchHub watches;
  private final HaltSwitch halt;
  private final LongSupplier nanos;

  ControlPlaneService(
      Leadership leadership,
      LeaseTable leases,
      Duration lease,
      WatchHub watches,
      HaltSwitch halt,
      LongSupplier nanos) {
    this.leadership = leadership;
    this.leases = leases;
    this.lease = lease;
    this.watches = watches;
    this.halt = halt;
    this.nanos = nanos;
  }

  @Override
  public void registerNode(
      RegisterNodeRequest request, StreamObserver<RegisterNodeResponse> answer) {
    Node node = request.getNode();
    ControlCommand command =
        leadership
            .command()
            .setRegisterNode(
                RegisterNodeCommand.newBuilder().setNode(node).setClusterId(request.getClusterId()))
            .build();
    if (leadership.foresee(command) instanceof Decision.Rejected rejected) {
      throw refusal(rejected.reason(), node.getNodeId());
    }
    // Before the commit: a node that is up in the map must not be found without its lease.
    leases.grant(node.getNodeId(), node.getInstanceId(), nanos.getAsLong());
    long revision = leadership.submit(command, COMMIT_LIMIT).image().revision();
    log.info("A node registered: node={} address={}", node.getNodeId(), node.getAddress());
    answer.onNext(
        RegisterNodeResponse.newBuilder()
            .setLeaseMs(lease.toMillis())
            .setRevision(revision)
            .build());
    answer.onCompleted();
  }

  /**
   * A node id that is in use may only wait for the end of its own former life's lease. So the
   * caller is told what it needs to find out which it is.
   */
  private ByssusException refusal(ByssusException reason, String nodeId) {
    Optional<Node> holder = leadership.require().image().node(nodeId).filter(Node::getUp);
    if (reason.code() != ErrorCode.NODE_ID_IN_USE || holder.isEmpty()) {
      return reason;
    }
    LeaseTable.Standing lease = leases.standing(holder.get(), nanos.getAsLong());
    String leftMs = Long.toString(lease.left().toMillis());
    Map<String, String> metadata = new HashMap<>();
    metadata.put(NodeLease.LEFT_MS, leftMs);
    lease
        .sinceHeard()
        .ifPresent(ago -> metadata.put(NodeLease.HEARD_MS_AGO, Long.toString(ago.toMillis())));
    return new ByssusException(
        reason.code(),
        reason.getMessage() + "; its lease lasts " + leftMs + " ms more unless it is renewed",
        List.of(),
        metadata,
        reason);
  }

  @Override
  public void heartbeat(HeartbeatRequest request, StreamObserver<HeartbeatResponse> answer) {
    ClusterImage image = leadership.require().image();
    Node node =
        image
            .node(request.getNodeId())
            .filter(n -> n.getInstanceId().equals(request.getInstanceId()))
            .orElseThrow(
                () ->
                    new ByssusException(
                        ErrorCode.NOT_FOUND_IN_CLUSTER,
                        "node " + request.getNodeId() + " is not registered as this instance"));
    leases.grant(
        node.getNodeId(),
        node.getInstanceId(),
        nanos.getAsLong(),
        request.getMapRevision(),
        request.getReplicasList());
    if (!node.getUp()) {
      log.info("A node is back: node={} address={}", node.getNodeId(), node.getAddress());
      leadership.submit(
          leadership
              .command()
              .setChangeNode(
                  ChangeNodeCommand.newBuilder()
                      .setNodeId(node.getNodeId())
                      .setInstanceId(node.getInstanceId())
                      .setUp(true))
              .build(),
          COMMIT_LIMIT);
    }
    answer.onNext(HeartbeatResponse.newBuilder().setLeaseMs(lease.toMillis()).build());
    answer.onCompleted();
  }

  @Override
  public void deregisterNode(
      DeregisterNodeRequest request, StreamObserver<DeregisterNodeResponse> answer) {
    leadership.submit(
        leadership
            .command()
            .setDeregisterNode(
                DeregisterNodeCommand.newBuilder()
                    .setNodeId(request.getNodeId())
                    .setInstanceId(request.getInstanceId()))
            .build(),
        COMMIT_LIMIT);
    leases.end(request.getNodeId(), request.getInstanceId());
    log.info("A node left: node={}", request.getNodeId());
    answer.onNext(DeregisterNodeResponse.getDefaultInstance());
    answer.onCompleted();
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<WatchResponse> steps) {
    halt.check();
    watches.watch(request, (ServerCallStreamObserver<WatchResponse>) steps);
  }
}
