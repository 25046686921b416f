package io.byssus.controlplane.node;

import io.byssus.clustermap.ClusterImage;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ReplicaReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The leader's leases, in memory: until when each node counts as up, and what it last reported. A
 * node that is up without a lease, because another leader gave it one, is given a full one: so a
 * new leader waits a whole lease before it declares anyone down.
 *
 * <p>Times are of {@link System#nanoTime}, given by the caller. Thread-safe.
 */
final class LeaseTable {
  private final long leaseNanos;
  private final Map<String, Lease> leases = new HashMap<>();

  private record Lease(String instanceId, long endNanos, List<ReplicaReport> replicas) {
    boolean holds(String instance, long nowNanos) {
      return instanceId.equals(instance) && endNanos - nowNanos > 0;
    }
  }

  LeaseTable(Duration lease) {
    this.leaseNanos = lease.toNanos();
  }

  /** Forgets everything: at the beginning of a leadership. */
  synchronized void clear() {
    leases.clear();
  }

  /** Gives or renews a lease, keeping what the same instance reported. */
  synchronized void grant(String nodeId, String instanceId, long nowNanos) {
    Lease present = leases.get(nodeId);
    List<ReplicaReport> replicas =
        present != null && present.instanceId.equals(instanceId) ? present.replicas : List.of();
    leases.put(nodeId, new Lease(instanceId, nowNanos + leaseNanos, replicas));
  }

  /** Gives or renews a lease, with a new report. */
  synchronized void grant(
      String nodeId, String instanceId, long nowNanos, List<ReplicaReport> replicas) {
    leases.put(nodeId, new Lease(instanceId, nowNanos + leaseNanos, List.copyOf(replicas)));
  }

  /** Ends the lease of an instance. */
  synchronized void end(String nodeId, String instanceId) {
    leases.computeIfPresent(
        nodeId, (id, lease) -> lease.instanceId.equals(instanceId) ? null : lease);
  }

  /** The nodes that are up in the map and whose lease has ended. */
  synchronized List<Node> expired(ClusterImage image, long nowNanos) {
    leases.keySet().removeIf(nodeId -> image.node(nodeId).isEmpty());
    List<Node> expired = new ArrayList<>();
    for (Node node : image.nodes()) {
      if (!node.getUp()) {
        continue;
      }
      Lease lease = leases.get(node.getNodeId());
      if (lease == null || !lease.instanceId.equals(node.getInstanceId())) {
        grant(node.getNodeId(), node.getInstanceId(), nowNanos);
      } else if (lease.endNanos - nowNanos <= 0) {
        expired.add(node);
      }
    }
    return expired;
  }

  /** What a node last said of its replica of a shard; empty where its lease does not hold. */
  synchronized Optional<ReplicaReport> report(Node node, int shard, long nowNanos) {
    Lease lease = leases.get(node.getNodeId());
    if (lease == null || !lease.holds(node.getInstanceId(), nowNanos)) {
      return Optional.empty();
    }
    return lease.replicas.stream().filter(report -> report.getShard() == shard).findFirst();
  }
}
