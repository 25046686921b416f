package io.byssus.controlplane.node;

import static org.awaitility.Awaitility.await;

import io.byssus.clustermap.ClusterImage;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.AdminServiceGrpc.AdminServiceBlockingStub;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.ControlPlaneServiceGrpc;
import io.byssus.proto.internal.v1.DeregisterNodeRequest;
import io.byssus.proto.internal.v1.HeartbeatRequest;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.RegisterNodeRequest;
import io.byssus.proto.internal.v1.ReplicaReport;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** What tests ask of a group's leader, and what they wait for in its map. */
final class GroupSteps {
  private final TestGroup group;

  GroupSteps(TestGroup group) {
    this.group = group;
  }

  <T> T admin(Function<AdminServiceBlockingStub, T> call) {
    return group
        .client()
        .call(TestGroup.LIMIT, channel -> call.apply(AdminServiceGrpc.newBlockingStub(channel)));
  }

  static Node server(String id, String instance) {
    return Node.newBuilder()
        .setNodeId(id)
        .setInstanceId(instance)
        .setRole(NodeRole.SERVER)
        .setAddress("127.0.0.1:7401")
        .build();
  }

  ClusterImage leaderImage() {
    return group.node(group.awaitLeader()).replicated().image();
  }

  void awaitImage(Predicate<ClusterImage> test) {
    await().atMost(TestGroup.LIMIT).until(() -> test.test(leaderImage()));
  }

  static boolean up(ClusterImage image, String node) {
    return image.node(node).map(Node::getUp).orElse(false);
  }

  void register(Node node) {
    group
        .client()
        .call(
            TestGroup.LIMIT,
            channel ->
                ControlPlaneServiceGrpc.newBlockingStub(channel)
                    .registerNode(RegisterNodeRequest.newBuilder().setNode(node).build()));
  }

  void deregister(Node node) {
    group
        .client()
        .call(
            TestGroup.LIMIT,
            channel ->
                ControlPlaneServiceGrpc.newBlockingStub(channel)
                    .deregisterNode(
                        DeregisterNodeRequest.newBuilder()
                            .setNodeId(node.getNodeId())
                            .setInstanceId(node.getInstanceId())
                            .build()));
  }

  void heartbeat(String id, String instance) {
    heartbeat(id, instance, 0, List.of());
  }

  void heartbeat(String id, String instance, long mapRevision, List<ReplicaReport> replicas) {
    group
        .client()
        .call(
            TestGroup.LIMIT,
            channel ->
                ControlPlaneServiceGrpc.newBlockingStub(channel)
                    .heartbeat(
                        HeartbeatRequest.newBuilder()
                            .setNodeId(id)
                            .setInstanceId(instance)
                            .setMapRevision(mapRevision)
                            .addAllReplicas(replicas)
                            .build()));
  }
}
