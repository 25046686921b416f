package io.byssus.controlplane.node;

import io.byssus.clustermap.ClusterImage;
import io.byssus.controlplane.state.NamespaceDropPlanner;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ReplicaReport;
import java.time.Duration;
import java.util.List;

/** The leases of production, for the simulation. */
public final class LeaseSeat {
  private final LeaseTable leases;

  /** No leases yet. */
  public LeaseSeat(Duration lease, long nowNanos) {
    leases = new LeaseTable(lease, nowNanos);
  }

  /** See {@link LeaseTable#begin}. */
  public void begin(long nowNanos) {
    leases.begin(nowNanos);
  }

  /** See {@link LeaseTable#grant}. */
  public void grant(
      String nodeId,
      String instanceId,
      long nowNanos,
      long mapRevision,
      List<ReplicaReport> replicas) {
    leases.grant(nodeId, instanceId, nowNanos, mapRevision, replicas);
  }

  /** See {@link LeaseTable#reports}. */
  public NamespaceDropPlanner.Reports reports(long nowNanos) {
    return leases.reports(nowNanos);
  }

  /** See {@link LeaseTable#expired}. */
  public List<Node> expired(ClusterImage image, long nowNanos) {
    return leases.expired(image, nowNanos);
  }

  /** See {@link LeaseTable#watched}. */
  public Duration watched(long nowNanos) {
    return leases.watched(nowNanos);
  }
}
