package io.byssus.client;

import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.ClusterMap;
import io.byssus.proto.internal.v1.ControlPlaneServiceGrpc;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.proto.internal.v1.WatchRequest;
import io.byssus.proto.internal.v1.WatchResponse;
import io.byssus.proto.log.v1.NamespaceRules;
import io.grpc.stub.StreamObserver;

/** The map of a fake cluster, as a dispatcher passes it on: as it is when it is asked for. */
final class FakeMap extends ControlPlaneServiceGrpc.ControlPlaneServiceImplBase {
  private final FakeCluster cluster;

  FakeMap(FakeCluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<WatchResponse> to) {
    ClusterMap.Builder map = ClusterMap.newBuilder().setRevision(1);
    map.setCluster(Cluster.newBuilder().setClusterId("fake").setShardCount(cluster.shards.size()));
    cluster.namespaces.forEach(
        (name, id) ->
            map.addNamespaces(
                NamespaceEntry.newBuilder()
                    .setRules(NamespaceRules.newBuilder().setNamespaceId(id).setName(name))
                    .setReadDefaults(cluster.readDefaults)));
    for (FakeServer server : cluster.servers) {
      map.addNodes(
          Node.newBuilder()
              .setNodeId(server.nodeId())
              .setRole(NodeRole.SERVER)
              .setAddress(server.address())
              .setUp(true));
    }
    for (FakeShard shard : cluster.shards) {
      map.addShards(
          ShardAssignment.newBuilder()
              .setShard(shard.number())
              .setIncarnation(shard.incarnation())
              .addAllReplicas(cluster.servers.stream().map(FakeServer::nodeId).toList()));
    }
    to.onNext(WatchResponse.newBuilder().setRevision(1).setMap(map).build());
  }
}
