package io.byssus.controlplane.state;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.ChangeNodeCommand;
import io.byssus.proto.internal.v1.DeregisterNodeCommand;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.RegisterNodeCommand;
import java.util.List;
import java.util.Optional;

/** How nodes come, go down, come back and leave. Pure: image and command in, changes out. */
final class NodeRules {
  private NodeRules() {}

  static List<MapChange> register(ClusterImage image, RegisterNodeCommand command, long nowMs) {
    Node node = command.getNode();
    RequestChecks.node(node);
    checkCluster(image, command.getClusterId());
    Optional<Node> present = image.node(node.getNodeId());
    if (present.isEmpty()) {
      RequestChecks.roomForNode(image);
    } else {
      checkSameNode(image, present.get(), node);
    }
    boolean wasUp = present.map(Node::getUp).orElse(false);
    long since = wasUp ? present.get().getSinceMs() : nowMs;
    Node wanted = node.toBuilder().setUp(true).setSinceMs(since).build();
    return present.equals(Optional.of(wanted)) ? List.of() : changed(wanted);
  }

  static List<MapChange> change(ClusterImage image, ChangeNodeCommand command, long nowMs) {
    Node node =
        instance(image, command.getNodeId(), command.getInstanceId())
            .orElseThrow(
                () ->
                    new ByssusException(
                        ErrorCode.NOT_FOUND_IN_CLUSTER,
                        "node " + command.getNodeId() + " is not registered as this instance"));
    return node.getUp() == command.getUp()
        ? List.of()
        : changed(node.toBuilder().setUp(command.getUp()).setSinceMs(nowMs).build());
  }

  static List<MapChange> deregister(ClusterImage image, DeregisterNodeCommand command, long nowMs) {
    Optional<Node> node = instance(image, command.getNodeId(), command.getInstanceId());
    if (node.isEmpty()) {
      return List.of();
    }
    if (!holdsReplicas(image, command.getNodeId())) {
      return List.of(MapChange.newBuilder().setNodeRemoved(command.getNodeId()).build());
    }
    return node.get().getUp()
        ? changed(node.get().toBuilder().setUp(false).setSinceMs(nowMs).build())
        : List.of();
  }

  private static void checkCluster(ClusterImage image, String clusterId) {
    if (clusterId.isEmpty() || clusterId.equals(image.clusterId())) {
      return;
    }
    throw new ByssusException(
        ErrorCode.WRONG_CLUSTER,
        "the node's data is of cluster "
            + clusterId
            + (image.cluster().isEmpty()
                ? "; this control plane has no cluster yet"
                : "; this is cluster " + image.clusterId()));
  }

  private static void checkSameNode(ClusterImage image, Node present, Node node) {
    if (present.getUp() && !present.getInstanceId().equals(node.getInstanceId())) {
      throw new ByssusException(
          ErrorCode.NODE_ID_IN_USE,
          "node id " + node.getNodeId() + " is in use by the process at " + present.getAddress());
    }
    if (present.getRole() != node.getRole() && holdsReplicas(image, node.getNodeId())) {
      throw ByssusException.invalid(
          "node.role",
          "must be " + present.getRole() + ": replicas are placed on node " + node.getNodeId());
    }
  }

  private static Optional<Node> instance(ClusterImage image, String nodeId, String instanceId) {
    return image.node(nodeId).filter(node -> node.getInstanceId().equals(instanceId));
  }

  private static boolean holdsReplicas(ClusterImage image, String nodeId) {
    return image.shards().stream().anyMatch(shard -> shard.getReplicasList().contains(nodeId));
  }

  private static List<MapChange> changed(Node node) {
    return List.of(MapChange.newBuilder().setNode(node).build());
  }
}
