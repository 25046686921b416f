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
import java.util.stream.Stream;

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
          && dispatchersThatMayWrite(image, entry, reports).findAny().isEmpty()) {
        plan.add(advance(entry, NamespaceState.DROPPING));
      } else if (entry.getState() == NamespaceState.DROPPING
          && shardsThatMayHold(image, entry, reports).findAny().isEmpty()) {
        plan.add(advance(entry, NamespaceState.DROPPED));
      }
    }
    return plan;
  }

  /**
   * What a namespace waits for that has been deleted for good and is not dropped, for people; empty
   * where it is not one, or waits for nothing.
   */
  public static List<String> obstacles(ClusterImage image, NamespaceEntry entry, Reports reports) {
    return switch (entry.getState()) {
      case DELETED -> dispatchersThatMayWrite(image, entry, reports).toList();
      case DROPPING -> shardsThatMayHold(image, entry, reports).toList();
      default -> List.of();
    };
  }

  private static Stream<String> dispatchersThatMayWrite(
      ClusterImage image, NamespaceEntry entry, Reports reports) {
    return image.nodes().stream()
        .filter(node -> node.getRole() == NodeRole.DISPATCHER && node.getUp())
        .filter(node -> !knows(node, entry.getDeletedRevision(), reports))
        .map(node -> node.getNodeId() + " has not reported that it knows of the deletion");
  }

  private static Stream<String> shardsThatMayHold(
      ClusterImage image, NamespaceEntry entry, Reports reports) {
    return image.shards().stream().flatMap(shard -> mayHold(image, entry, shard, reports).stream());
  }

  private static boolean knows(Node node, long revision, Reports reports) {
    return reports
        .mapRevision(node)
        .filter(reported -> Long.compareUnsigned(reported, revision) >= 0)
        .isPresent();
  }

  /** Why a shard may still hold a namespace; empty where none of its replicas does. */
  private static Optional<String> mayHold(
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
      if (report.isEmpty()) {
        return Optional.of("shard " + shard.getShard() + ": " + nodeId + " has not reported");
      }
      if (mayHold(report.get(), entry.getRules().getNamespaceId())) {
        return Optional.of(
            "shard " + shard.getShard() + ": " + nodeId + " holds it, " + report.get().getState());
      }
      told |= report.get().getState() == ReplicaState.CAUGHT_UP;
    }
    return told
        ? Optional.empty()
        : Optional.of("shard " + shard.getShard() + ": no replica of it is up and caught up");
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
