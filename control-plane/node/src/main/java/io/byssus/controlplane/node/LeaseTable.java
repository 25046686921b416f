package io.byssus.controlplane.node;

import io.byssus.clustermap.ClusterImage;
import io.byssus.controlplane.state.NamespaceDropPlanner;
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

  /**
   * A lease.
   *
   * @param heardNanos when the node last asked for it; empty where it asked another leader
   * @param mapRevision the revision of the map that the node works by; empty before its first
   *     report
   * @param replicas what it reported, by shard
   */
  private record Lease(
      String instanceId,
      long endNanos,
      Optional<Long> heardNanos,
      Optional<Long> mapRevision,
      Map<Integer, ReplicaReport> replicas) {
    boolean holds(String instance, long nowNanos) {
      return instanceId.equals(instance) && endNanos - nowNanos > 0;
    }

    Lease until(long newEndNanos) {
      return new Lease(instanceId, newEndNanos, heardNanos, mapRevision, replicas);
    }

    Lease renewed(long newEndNanos, long nowNanos) {
      return new Lease(instanceId, newEndNanos, Optional.of(nowNanos), mapRevision, replicas);
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
    long end = nowNanos + leaseNanos;
    leases.compute(
        nodeId,
        (id, present) ->
            present != null && present.instanceId.equals(instanceId)
                ? present.renewed(end, nowNanos)
                : new Lease(instanceId, end, Optional.of(nowNanos), Optional.empty(), Map.of()));
  }

  /** Gives or renews a lease, with a new report. */
  synchronized void grant(
      String nodeId,
      String instanceId,
      long nowNanos,
      long mapRevision,
      List<ReplicaReport> replicas) {
    notice(nowNanos);
    Map<Integer, ReplicaReport> byShard = new HashMap<>();
    replicas.forEach(report -> byShard.put(report.getShard(), report));
    leases.put(
        nodeId,
        new Lease(
            instanceId,
            nowNanos + leaseNanos,
            Optional.of(nowNanos),
            Optional.of(mapRevision),
            byShard));
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
        leases.put(node.getNodeId(), anotherLeaders(node, nowNanos));
      } else if (lease.endNanos - nowNanos <= 0) {
        expired.add(node);
      }
    }
    return expired;
  }

  private Lease anotherLeaders(Node node, long nowNanos) {
    return new Lease(
        node.getInstanceId(), nowNanos + leaseNanos, Optional.empty(), Optional.empty(), Map.of());
  }

  /**
   * What is known of the lease of a node that is up in the map.
   *
   * @param left for how long it lasts if it is not renewed; not negative
   * @param sinceHeard how long ago the node asked for it; empty where it has not asked this leader
   */
  record Standing(Duration left, Optional<Duration> sinceHeard) {}

  /** How the lease of a node that is up in the map stands. */
  synchronized Standing standing(Node node, long nowNanos) {
    notice(nowNanos);
    Lease lease =
        Optional.ofNullable(leases.get(node.getNodeId()))
            .filter(present -> present.instanceId.equals(node.getInstanceId()))
            .orElseGet(() -> anotherLeaders(node, nowNanos));
    return new Standing(
        Duration.ofNanos(Math.max(0, lease.endNanos - nowNanos)),
        lease.heardNanos.map(heard -> Duration.ofNanos(Math.max(0, nowNanos - heard))));
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
    return held(node, nowNanos).map(lease -> lease.replicas.get(shard));
  }

  /** The revision of the map by which a node works; empty where its lease does not hold. */
  synchronized Optional<Long> mapRevision(Node node, long nowNanos) {
    return held(node, nowNanos).flatMap(lease -> lease.mapRevision);
  }

  private Optional<Lease> held(Node node, long nowNanos) {
    return Optional.ofNullable(leases.get(node.getNodeId()))
        .filter(lease -> lease.holds(node.getInstanceId(), nowNanos));
  }

  /** What the nodes last reported, as of a time. */
  NamespaceDropPlanner.Reports reports(long nowNanos) {
    return new NamespaceDropPlanner.Reports() {
      @Override
      public Optional<Long> mapRevision(Node node) {
        return LeaseTable.this.mapRevision(node, nowNanos);
      }

      @Override
      public Optional<ReplicaReport> replica(Node node, int shard) {
        return report(node, shard, nowNanos);
      }
    };
  }
}
