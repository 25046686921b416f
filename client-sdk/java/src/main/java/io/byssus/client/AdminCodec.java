package io.byssus.client;

import io.byssus.client.admin.ClusterDescription;
import io.byssus.client.admin.ClusterSettings;
import io.byssus.client.admin.NodeDescription;
import io.byssus.client.admin.NodeRole;
import io.byssus.client.admin.ReplicaDescription;
import io.byssus.client.admin.ReplicaState;
import io.byssus.client.admin.ShardDescription;
import io.byssus.model.Position;
import io.byssus.proto.admin.v1.DescribeClusterResponse;
import io.byssus.proto.admin.v1.InitClusterRequest;
import java.util.Optional;

/** Between the messages of the admin API and the values that users see. */
final class AdminCodec {
  private AdminCodec() {}

  static InitClusterRequest toProto(ClusterSettings settings) {
    return InitClusterRequest.newBuilder()
        .setClusterName(settings.name())
        .setShardCount(settings.shardCount())
        .setReplicationFactor(settings.replicationFactor())
        .setExpectedServers(settings.expectedServers())
        .setLogReplicationFactor(settings.logReplicationFactor())
        .build();
  }

  static ClusterDescription cluster(DescribeClusterResponse cluster) {
    return new ClusterDescription(
        cluster.getClusterId(),
        cluster.getClusterName(),
        cluster.getShardCount(),
        cluster.getReplicationFactor(),
        cluster.getExpectedServers(),
        cluster.getRevision(),
        cluster.getLogReady(),
        cluster.getPlaced());
  }

  static NodeDescription node(io.byssus.proto.admin.v1.NodeDescription node) {
    return new NodeDescription(
        node.getNodeId(),
        role(node.getRole()),
        node.getAddress(),
        node.getUp(),
        node.getLeader(),
        node.getReplicas(),
        node.getLabelsMap());
  }

  private static NodeRole role(io.byssus.proto.admin.v1.NodeRole role) {
    return switch (role) {
      case SERVER -> NodeRole.SERVER;
      case DISPATCHER -> NodeRole.DISPATCHER;
      case CONTROL_PLANE -> NodeRole.CONTROL_PLANE;
      case NODE_ROLE_UNSPECIFIED, UNRECOGNIZED -> NodeRole.UNKNOWN;
    };
  }

  static ShardDescription shard(io.byssus.proto.admin.v1.ShardDescription shard) {
    return new ShardDescription(
        shard.getShard(),
        shard.getIncarnation(),
        shard.getEpoch(),
        shard.getFeedOwner(),
        shard.getReplicasList().stream().map(AdminCodec::replica).toList());
  }

  private static ReplicaDescription replica(io.byssus.proto.admin.v1.ReplicaDescription replica) {
    long applied = replica.getAppliedPosition();
    return new ReplicaDescription(
        replica.getNodeId(),
        state(replica.getState()),
        replica.getHaltReason(),
        Position.incarnation(applied) == 0 ? Optional.empty() : Optional.of(Position.of(applied)),
        replica.getLagRecords(),
        replica.getRecordsEstimate(),
        replica.getDiskBytes());
  }

  private static ReplicaState state(io.byssus.proto.admin.v1.ReplicaState state) {
    return switch (state) {
      case OPENING -> ReplicaState.OPENING;
      case CATCHING_UP -> ReplicaState.CATCHING_UP;
      case CAUGHT_UP -> ReplicaState.CAUGHT_UP;
      case HALTED -> ReplicaState.HALTED;
      case REPLICA_STATE_UNSPECIFIED, UNRECOGNIZED -> ReplicaState.UNKNOWN;
    };
  }
}
