package io.byssus.controlplane.state;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.FieldProblem;
import io.byssus.model.Limits;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.InitClusterCommand;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.PlannedShard;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The limits on what may be asked of the control plane. Each check finds every problem of a request
 * and throws them together, as an {@link io.byssus.model.ErrorCode#INVALID_REQUEST}.
 */
final class RequestChecks {
  static final int MAX_REPLICAS = 7;
  static final int MAX_NODES = 10_000;
  static final int MAX_NAMESPACES = 10_000;

  /** How many namespaces stay in the map after they were dropped. */
  static final int MAX_DROPPED_NAMESPACES = 10_000;

  static final int MAX_LABELS = 16;

  private static final Pattern CLUSTER_NAME = Pattern.compile("[a-z][a-z0-9-]{0,39}");
  private static final Pattern NODE_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Pattern ADDRESS =
      Pattern.compile("[^\\s:]+:\\d{1,5}|\\[[^\\s\\]]+]:\\d{1,5}");
  private static final int MAX_ADDRESS = 255;
  private static final int MAX_INSTANCE_ID = 64;
  private static final int MAX_LABEL = 64;

  private final List<FieldProblem> problems = new ArrayList<>();

  /** The cluster, which must have been initialised. */
  static Cluster initialised(ClusterImage image) {
    return image
        .cluster()
        .orElseThrow(
            () ->
                new ByssusException(
                    ErrorCode.CLUSTER_NOT_READY, "the cluster is not initialised yet"));
  }

  static void initCluster(InitClusterCommand command) {
    RequestChecks checks = new RequestChecks();
    String name = command.getClusterName();
    checks.require(
        CLUSTER_NAME.matcher(name).matches(),
        "cluster_name",
        "must be 1 to 40 of a-z, 0-9 and -, starting with a letter; is '" + shown(name) + "'");
    checks.range("shard_count", command.getShardCount(), 1, Limits.MAX_SHARDS);
    checks.range("replication_factor", command.getReplicationFactor(), 1, MAX_REPLICAS);
    if (command.getExpectedServers() != 0) {
      checks.range(
          "expected_servers",
          command.getExpectedServers(),
          Math.max(1, Math.min(command.getReplicationFactor(), MAX_REPLICAS)),
          MAX_NODES);
    }
    if (command.getLogReplicationFactor() != 0) {
      checks.range("log_replication_factor", command.getLogReplicationFactor(), 1, MAX_REPLICAS);
    }
    checks.done();
  }

  static void roomForNamespace(ClusterImage image) {
    long present =
        image.namespaces().stream()
            .filter(entry -> entry.getState() != NamespaceState.DROPPED)
            .count();
    if (present >= MAX_NAMESPACES) {
      throw ByssusException.invalid(
          "spec.name",
          "would be one namespace too many; the limit is "
              + MAX_NAMESPACES
              + ", deleted ones that are not dropped yet among them");
    }
  }

  static void node(Node node) {
    RequestChecks checks = new RequestChecks();
    checks.require(
        NODE_ID.matcher(node.getNodeId()).matches(),
        "node.node_id",
        "must be 1 to 63 of A-Z, a-z, 0-9, '.', '_' and '-', starting with a letter or digit; is '"
            + shown(node.getNodeId())
            + "'");
    checks.require(
        node.getRole() == NodeRole.SERVER || node.getRole() == NodeRole.DISPATCHER,
        "node.role",
        "must be SERVER or DISPATCHER");
    checks.require(
        node.getAddress().length() <= MAX_ADDRESS && ADDRESS.matcher(node.getAddress()).matches(),
        "node.address",
        "must be host:port of at most "
            + MAX_ADDRESS
            + " characters; is '"
            + shown(node.getAddress())
            + "'");
    checks.length("node.instance_id", node.getInstanceId(), 1, MAX_INSTANCE_ID);
    checks.range("node.labels", node.getLabelsCount(), 0, MAX_LABELS);
    node.getLabelsMap()
        .forEach(
            (key, value) -> {
              checks.length("node.labels key", key, 1, MAX_LABEL);
              checks.length("node.labels[" + shown(key) + "]", value, 0, MAX_LABEL);
            });
    checks.done();
  }

  static void roomForNode(ClusterImage image) {
    if (image.nodes().size() >= MAX_NODES) {
      throw ByssusException.invalid(
          "node.node_id", "would be one node too many; the limit is " + MAX_NODES);
    }
  }

  static void planSize(int shards) {
    RequestChecks checks = new RequestChecks();
    checks.range("shards", shards, 0, ControlPlaneStateMachine.MAX_PLANNED_SHARDS);
    checks.done();
  }

  static void plannedShard(ClusterImage image, PlannedShard planned, int shardCount) {
    RequestChecks checks = new RequestChecks();
    String field = "shards[" + Integer.toUnsignedString(planned.getShard()) + "]";
    checks.range(field + ".shard", planned.getShard(), 0, shardCount - 1);
    checks.range(field + ".replicas", planned.getReplicasCount(), 1, MAX_REPLICAS);
    checks.require(
        new HashSet<>(planned.getReplicasList()).size() == planned.getReplicasCount(),
        field + ".replicas",
        "name a node twice");
    for (String replica : planned.getReplicasList()) {
      checks.require(
          image.node(replica).map(Node::getRole).filter(NodeRole.SERVER::equals).isPresent(),
          field + ".replicas",
          "name " + shown(replica) + ", which is no server of this cluster");
    }
    checks.require(
        planned.getFeedOwner().isEmpty()
            || planned.getReplicasList().contains(planned.getFeedOwner()),
        field + ".feed_owner",
        "must be one of the replicas");
    checks.done();
  }

  private void length(String field, String text, int min, int max) {
    require(
        text.length() >= min && text.length() <= max,
        field,
        "must be " + min + " to " + max + " characters; is " + text.length());
  }

  /** A number that has no meaning at 0, and is taken without a sign. */
  void zeroOr(String field, long value, long min, long max) {
    require(
        value == 0 || inRange(value, min, max),
        field,
        "must be 0, or " + min + " to " + max + "; is " + Long.toUnsignedString(value));
  }

  /** A number that is taken without a sign. */
  void range(String field, long value, long min, long max) {
    require(
        inRange(value, min, max),
        field,
        "must be " + min + " to " + max + "; is " + Long.toUnsignedString(value));
  }

  private static boolean inRange(long value, long min, long max) {
    return Long.compareUnsigned(value, min) >= 0 && Long.compareUnsigned(value, max) <= 0;
  }

  /** A number of 32 bits that is taken without a sign. */
  void range(String field, int value, int min, int max) {
    require(
        Integer.compareUnsigned(value, min) >= 0 && Integer.compareUnsigned(value, max) <= 0,
        field,
        "must be " + min + " to " + max + "; is " + Integer.toUnsignedString(value));
  }

  void require(boolean holds, String field, String problem) {
    if (!holds) {
      problems.add(new FieldProblem(field, problem));
    }
  }

  /** Throws what was found, if anything was. */
  void done() {
    if (!problems.isEmpty()) {
      throw ByssusException.invalid(problems);
    }
  }

  private static String shown(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
