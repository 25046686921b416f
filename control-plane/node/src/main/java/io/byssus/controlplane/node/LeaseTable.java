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
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's leases, in memory: until when each node counts as up, and what it last reported. A
 * node that is up without a lease, because another leader gave it one, is given a full one: so a
 * new leader waits a whole lease before it declares anyone down.
 *
 * <p>A leader that stood still (a stopped process, a paused machine, a long collection of garbage)
 * heard no heartbeat meanwhile, and cannot tell who is down: where nothing has asked this table for
 * half a lease, every lease begins anew, and so does {@link #watched}. The leader's turns ask it,
 * and each heartbeat does.
 *
 * <p>Times are of {@link System#nanoTime}, given by the caller. Thread-safe.
 */
final class LeaseTable {
  private static final Logger log = LoggerFactory.getLogger(LeaseTable.class);

  private final long leaseNanos;
  private final Map<String, Lease> leases = new HashMap<>();
  private long watchedSinceNanos;
  private long lastNanos;

  private record Lease(String instanceId, long endNanos, List<ReplicaReport> replicas) {
    boolean holds(String instance, long nowNanos) {
      return instanceId.equals(instance) && endNanos - nowNanos > 0;
    }

    Lease until(long newEndNanos) {
      return new Lease(instanceId, newEndNanos, replicas);
    }
  }

  LeaseTable(Duration lease, long nowNanos) {
    this.leaseNanos = lease.toNanos();
    begin(nowNanos);
  }

  /** Forgets everything: at the beginning of a leadership. */
  synchronized void begin(long nowNanos) {
    leases.clear();
    watchedSinceNanos = nowNanos;
    lastNanos = nowNanos;
  }

  /** For how long this member has led and watched the nodes without standing still. */
  synchronized Duration watched(long nowNanos) {
    notice(nowNanos);
    return Duration.ofNanos(nowNanos - watchedSinceNanos);
  }

  private void notice(long nowNanos) {
    if (nowNanos - lastNanos > leaseNanos / 2) {
      log.warn(
          "This leader stood still, all leases begin anew: stood-still-ms={}",
          TimeUnit.NANOSECONDS.toMillis(nowNanos - lastNanos));
      leases.replaceAll((id, lease) -> lease.until(nowNanos + leaseNanos));
      watchedSinceNanos = nowNanos;
    }
    // Callers read the clock before they come in, so that one may be a little earlier.
    if (nowNanos - lastNanos > 0) {
      lastNanos = nowNanos;
    }
  }

  /** Gives or renews a lease, keeping what the same instance reported. */
  synchronized void grant(String nodeId, String instanceId, long nowNanos) {
    notice(nowNanos);
    Lease present = leases.get(nodeId);
    List<ReplicaReport> replicas =
        present != null && present.instanceId.equals(instanceId) ? present.replicas : List.of();
    leases.put(nodeId, new Lease(instanceId, nowNanos + leaseNanos, replicas));
  }

  /** Gives or renews a lease, with a new report. */
  synchronized void grant(
      String nodeId, String instanceId, long nowNanos, List<ReplicaReport> replicas) {
    notice(nowNanos);
    leases.put(nodeId, new Lease(instanceId, nowNanos + leaseNanos, List.copyOf(replicas)));
  }

  /** Ends the lease of an instance. */
  synchronized void end(String nodeId, String instanceId) {
    leases.computeIfPresent(
        nodeId, (id, lease) -> lease.instanceId.equals(instanceId) ? null : lease);
  }

  /** The nodes that are up in the map and whose lease has ended. */
  synchronized List<Node> expired(ClusterImage image, long nowNanos) {
    notice(nowNanos);
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

  /** Whether a node's lease has ended and was not given anew. */
  synchronized boolean expired(Node node, long nowNanos) {
    notice(nowNanos);
    Lease lease = leases.get(node.getNodeId());
    return lease != null
        && lease.instanceId.equals(node.getInstanceId())
        && lease.endNanos - nowNanos <= 0;
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
