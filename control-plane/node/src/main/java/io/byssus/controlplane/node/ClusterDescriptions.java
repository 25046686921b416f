package io.byssus.controlplane.node;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.admin.v1.DescribeClusterResponse;
import io.byssus.proto.admin.v1.ListNodesResponse;
import io.byssus.proto.admin.v1.ListShardsResponse;
import io.byssus.proto.admin.v1.NodeDescription;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.admin.v1.ReplicaDescription;
import io.byssus.proto.admin.v1.ShardDescription;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ReplicaReport;
import io.byssus.proto.internal.v1.ShardAssignment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The leader's view of the cluster, as administrators are told it. */
final class ClusterDescriptions {
  private final Member self;
  private final List<Member> members;
  private final Supplier<Set<String>> membersAlive;
  private final LeaseTable leases;

  /**
   * Describes for the leader.
   *
   * @param membersAlive the ids of the members that the leader reaches
   */
  ClusterDescriptions(
      Member self, List<Member> members, Supplier<Set<String>> membersAlive, LeaseTable leases) {
    this.self = self;
    this.members = members;
    this.membersAlive = membersAlive;
    this.leases = leases;
  }

  DescribeClusterResponse cluster(ClusterImage image) {
    Cluster cluster =
        image
            .cluster()
            .orElseThrow(
                () ->
                    new ByssusException(
                        ErrorCode.CLUSTER_NOT_READY, "the cluster is not initialised yet"));
    return DescribeClusterResponse.newBuilder()
        .setClusterId(cluster.getClusterId())
        .setClusterName(cluster.getName())
        .setShardCount(cluster.getShardCount())
        .setReplicationFactor(cluster.getReplicationFactor())
        .setRevision(image.revision())
        .setLogReady(image.logReady())
        .setExpectedServers(cluster.getExpectedServers())
        .setPlaced(image.shards().size() == cluster.getShardCount())
        .build();
  }

  ListNodesResponse nodes(ClusterImage image) {
    Map<String, Integer> replicas = new HashMap<>();
    for (ShardAssignment shard : image.shards()) {
      shard.getReplicasList().forEach(id -> replicas.merge(id, 1, Integer::sum));
    }
    List<NodeDescription> nodes = new ArrayList<>();
    for (Node node : image.nodes()) {
      nodes.add(
          NodeDescription.newBuilder()
              .setNodeId(node.getNodeId())
              .setRole(node.getRole())
              .setAddress(node.getAddress())
              .setUp(node.getUp())
              .setReplicas(replicas.getOrDefault(node.getNodeId(), 0))
              .putAllLabels(node.getLabelsMap())
              .build());
    }
    Set<String> alive = membersAlive.get();
    for (Member member : members) {
      boolean leads = member.equals(self);
      nodes.add(
          NodeDescription.newBuilder()
              .setNodeId(member.id())
              .setRole(NodeRole.CONTROL_PLANE)
              .setAddress(member.address().toString())
              .setUp(leads || alive.contains(member.id()))
              .setLeader(leads)
              .build());
    }
    nodes.sort(Comparator.comparing(NodeDescription::getNodeId));
    return ListNodesResponse.newBuilder().addAllNodes(nodes).build();
  }

  ListShardsResponse shards(ClusterImage image, long nowNanos) {
    ListShardsResponse.Builder list = ListShardsResponse.newBuilder();
    for (ShardAssignment shard : image.shards()) {
      ShardDescription.Builder described =
          list.addShardsBuilder()
              .setShard(shard.getShard())
              .setIncarnation(shard.getIncarnation())
              .setEpoch(shard.getEpoch())
              .setFeedOwner(shard.getFeedOwner());
      for (String nodeId : shard.getReplicasList()) {
        described.addReplicas(replica(image, nodeId, shard.getShard(), nowNanos));
      }
    }
    return list.build();
  }

  /** A node that is down, or has not reported to this leader yet, leaves the state unspecified. */
  private ReplicaDescription replica(ClusterImage image, String nodeId, int shard, long nowNanos) {
    ReplicaReport report =
        image
            .node(nodeId)
            .filter(Node::getUp)
            .flatMap(node -> leases.report(node, shard, nowNanos))
            .orElse(ReplicaReport.getDefaultInstance());
    return ReplicaDescription.newBuilder()
        .setNodeId(nodeId)
        .setState(report.getState())
        .setHaltReason(report.getHaltReason())
        .setAppliedPosition(report.getAppliedPosition())
        .setLagRecords(report.getLagRecords())
        .setRecordsEstimate(report.getRecordsEstimate())
        .setDiskBytes(report.getDiskBytes())
        .build();
  }
}
