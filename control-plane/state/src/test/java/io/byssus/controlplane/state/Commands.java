package io.byssus.controlplane.state;

import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.AdvanceDropCommand;
import io.byssus.proto.internal.v1.AssignShardsCommand;
import io.byssus.proto.internal.v1.ChangeNodeCommand;
import io.byssus.proto.internal.v1.ControlCommand;
import io.byssus.proto.internal.v1.CreateNamespaceCommand;
import io.byssus.proto.internal.v1.DeleteNamespaceCommand;
import io.byssus.proto.internal.v1.DeregisterNodeCommand;
import io.byssus.proto.internal.v1.InitClusterCommand;
import io.byssus.proto.internal.v1.LogIdentity;
import io.byssus.proto.internal.v1.LogReadyCommand;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.PlannedShard;
import io.byssus.proto.internal.v1.RegisterNodeCommand;
import io.byssus.proto.internal.v1.UndeleteNamespaceCommand;
import io.byssus.proto.internal.v1.UpdateNamespaceCommand;
import java.util.List;
import java.util.Map;

/** Commands for tests. */
final class Commands {
  private Commands() {}

  private static ControlCommand.Builder at(long nowMs) {
    return ControlCommand.newBuilder()
        .setFormatVersion(ControlPlaneStateMachine.COMMAND_FORMAT)
        .setNowMs(nowMs);
  }

  static InitClusterCommand settings(int shards, int factor, int expected) {
    return InitClusterCommand.newBuilder()
        .setClusterId("id-1")
        .setClusterName("places")
        .setShardCount(shards)
        .setReplicationFactor(factor)
        .setExpectedServers(expected)
        .setLogFormatVersion(1)
        .build();
  }

  static ControlCommand init(InitClusterCommand settings) {
    return at(1).setInitCluster(settings).build();
  }

  static ControlCommand logReady(String topicId) {
    return at(1)
        .setLogReady(
            LogReadyCommand.newBuilder()
                .setLog(LogIdentity.newBuilder().setTopic("places.wal").setTopicId(topicId)))
        .build();
  }

  static Node server(String id, String instance, Map<String, String> labels) {
    return Node.newBuilder()
        .setNodeId(id)
        .setInstanceId(instance)
        .setRole(NodeRole.SERVER)
        .setAddress("127.0.0.1:7401")
        .putAllLabels(labels)
        .build();
  }

  static ControlCommand register(Node node, String clusterId, long nowMs) {
    return at(nowMs)
        .setRegisterNode(RegisterNodeCommand.newBuilder().setNode(node).setClusterId(clusterId))
        .build();
  }

  static ControlCommand register(String id, long nowMs) {
    return register(server(id, "i-" + id, Map.of()), "", nowMs);
  }

  static ControlCommand change(String id, boolean up, long nowMs) {
    return at(nowMs)
        .setChangeNode(
            ChangeNodeCommand.newBuilder().setNodeId(id).setInstanceId("i-" + id).setUp(up))
        .build();
  }

  static ControlCommand deregister(String id, long nowMs) {
    return at(nowMs)
        .setDeregisterNode(
            DeregisterNodeCommand.newBuilder().setNodeId(id).setInstanceId("i-" + id))
        .build();
  }

  static ControlCommand namespace(String name) {
    return namespace(NamespaceSpec.newBuilder().setName(name).build());
  }

  static ControlCommand namespace(NamespaceSpec spec) {
    return at(1).setCreateNamespace(CreateNamespaceCommand.newBuilder().setSpec(spec)).build();
  }

  static ControlCommand update(NamespaceSpec spec, long expectedRulesVersion) {
    return at(1)
        .setUpdateNamespace(
            UpdateNamespaceCommand.newBuilder()
                .setSpec(spec)
                .setExpectedRulesVersion(expectedRulesVersion))
        .build();
  }

  static ControlCommand delete(String name, long graceMs, long nowMs) {
    return at(nowMs)
        .setDeleteNamespace(DeleteNamespaceCommand.newBuilder().setName(name).setGraceMs(graceMs))
        .build();
  }

  static ControlCommand undelete(String name, long nowMs) {
    return at(nowMs)
        .setUndeleteNamespace(UndeleteNamespaceCommand.newBuilder().setName(name))
        .build();
  }

  static ControlCommand advance(int id, NamespaceState to, long nowMs) {
    return advance(AdvanceDropCommand.newBuilder().setNamespaceId(id).setTo(to).build(), nowMs);
  }

  static ControlCommand advance(AdvanceDropCommand step, long nowMs) {
    return at(nowMs).setAdvanceDrop(step).build();
  }

  static ControlCommand assign(List<PlannedShard> shards) {
    return at(1).setAssignShards(AssignShardsCommand.newBuilder().addAllShards(shards)).build();
  }
}
