package io.byssus.controlplane.state;

import io.byssus.clustermap.ClusterImage;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.internal.v1.AdvanceDropCommand;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ReplicaReport;
import io.byssus.proto.internal.v1.ShardAssignment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which deleted namespaces can be moved on towards their end. Pure: the map, the time and what the
 * nodes last reported in, a plan out.
 *
 * <p>DELETED becomes DROPPING when it can no longer be undeleted and every dispatcher that is up
 * works by a map in which it is deleted: so nobody writes to it under the old map while its records
 * are being removed. DROPPING becomes DROPPED when every replica on a server that is up has
 * reported, by a map in which it is DROPPING, that it holds it no longer, and of each shard at
 * least one has that was caught up. A server that is down finds the drop in the log when it is
 * back.
 */
public final class NamespaceDropPlanner {
  /** How many namespaces a replica names that it still has to drop; see its report. */
  static final int MOST_NAMED = 100;

  private NamespaceDropPlanner() {}

  /** What nodes last reported, to the leader that plans. */
  public interface Reports {
    /** The revision of the map that a node works by; empty where it has not reported. */
    Optional<Long> mapRevision(Node node);

    /** What a node last said of its replica of a shard; empty where it said nothing. */
    Optional<ReplicaReport> replica(Node node, int shard);
  }

  /** The namespaces that can be moved on, with the state after. */
  public static List<AdvanceDropCommand> plan(ClusterImage image, long nowMs, Reports reports) {
    List<AdvanceDropCommand> plan = new ArrayList<>();
    for (NamespaceEntry entry : image.namespaces()) {
      if (entry.getState() == NamespaceState.DELETED
          && nowMs >= entry.getUndeleteUntilMs()
          && unknownToDispatchers(image, entry, reports)) {
        plan.add(advance(entry, NamespaceState.DROPPING));
      } else if (entry.getState() == NamespaceState.DROPPING
          && image.shards().stream().allMatch(shard -> isGone(image, entry, shard, reports))) {
        plan.add(advance(entry, NamespaceState.DROPPED));
      }
    }
    return plan;
  }

  private static boolean unknownToDispatchers(
      ClusterImage image, NamespaceEntry entry, Reports reports) {
    return image.nodes().stream()
        .filter(node -> node.getRole() == NodeRole.DISPATCHER && node.getUp())
        .allMatch(node -> knows(node, entry.getDeletedRevision(), reports));
  }

  private static boolean knows(Node node, long revision, Reports reports) {
    return reports
        .mapRevision(node)
        .filter(reported -> Long.compareUnsigned(reported, revision) >= 0)
        .isPresent();
  }

  private static boolean isGone(
      ClusterImage image, NamespaceEntry entry, ShardAssignment shard, Reports reports) {
    boolean told = false;
    for (String nodeId : shard.getReplicasList()) {
      Optional<Node> server = image.node(nodeId).filter(Node::getUp);
      if (server.isEmpty()) {
        continue;
      }
      Optional<ReplicaReport> report =
          knows(server.get(), entry.getDroppingRevision(), reports)
              ? reports.replica(server.get(), shard.getShard())
              : Optional.empty();
      if (report.isEmpty() || mayHold(report.get(), entry.getRules().getNamespaceId())) {
        return false;
      }
      told |= report.get().getState() == ReplicaState.CAUGHT_UP;
    }
    return told;
  }

  /** A list that is full may leave higher ids out. */
  private static boolean mayHold(ReplicaReport report, int namespaceId) {
    List<Integer> undropped = report.getUndroppedNamespacesList();
    return undropped.contains(namespaceId)
        || (undropped.size() >= MOST_NAMED
            && undropped.stream().allMatch(held -> Integer.compareUnsigned(held, namespaceId) < 0));
  }

  private static AdvanceDropCommand advance(NamespaceEntry entry, NamespaceState to) {
    return AdvanceDropCommand.newBuilder()
        .setNamespaceId(entry.getRules().getNamespaceId())
        .setTo(to)
        .build();
  }
}
