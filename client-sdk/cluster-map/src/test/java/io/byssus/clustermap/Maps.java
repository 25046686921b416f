package io.byssus.clustermap;

import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.ClusterMap;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.proto.internal.v1.WatchResponse;
import io.byssus.proto.log.v1.NamespaceRules;
import java.util.List;

/** Maps, changes and steps for tests. */
final class Maps {
  private Maps() {}

  static Cluster cluster(String id) {
    return Cluster.newBuilder().setClusterId(id).setName("test").setShardCount(4).build();
  }

  static ClusterMap map(String clusterId, long revision) {
    return ClusterMap.newBuilder()
        .setRevision(revision)
        .setCluster(cluster(clusterId))
        .addNodes(node("s1"))
        .addNamespaces(namespace(1, "places"))
        .addShards(shard(0, 1, "s1"))
        .build();
  }

  static Node node(String id) {
    return Node.newBuilder().setNodeId(id).setInstanceId("i-" + id).setUp(true).build();
  }

  static NamespaceEntry namespace(int id, String name) {
    return NamespaceEntry.newBuilder()
        .setRules(NamespaceRules.newBuilder().setNamespaceId(id).setName(name).setVersion(1))
        .build();
  }

  static ShardAssignment shard(int number, long epoch, String... replicas) {
    return ShardAssignment.newBuilder()
        .setShard(number)
        .setEpoch(epoch)
        .addAllReplicas(List.of(replicas))
        .build();
  }

  static WatchResponse whole(ClusterMap map) {
    return WatchResponse.newBuilder().setRevision(map.getRevision()).setMap(map).build();
  }

  static WatchResponse step(long revision, MapChange... changes) {
    return WatchResponse.newBuilder().setRevision(revision).addAllChanges(List.of(changes)).build();
  }

  static MapChange added(Node node) {
    return MapChange.newBuilder().setNode(node).build();
  }
}
