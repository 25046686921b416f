package io.byssus.controlplane.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.FieldProblem;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.ControlCommand;
import io.byssus.proto.internal.v1.InitClusterCommand;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.PlannedShard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ControlPlaneStateMachineTest {
  private final LiveState live = new LiveState();

  private void initialise() {
    live.granted(Commands.init(Commands.settings(4, 1, 1)));
  }

  private static List<String> fields(ByssusException error) {
    assertEquals(ErrorCode.INVALID_REQUEST, error.code());
    return error.problems().stream().map(FieldProblem::field).toList();
  }

  @Test
  void theRevisionRisesByOneWithEachChange() {
    assertEquals(0, live.image().revision());
    initialise();
    assertEquals(1, live.image().revision());
    live.granted(Commands.namespace("places"));
    live.granted(Commands.register("s1", 5));
    assertEquals(3, live.image().revision());
    assertEquals(List.of(), live.granted(Commands.register("s1", 6)));
    assertEquals(3, live.image().revision(), "nothing changed");
  }

  @Test
  void aClusterIsInitialisedOnceAndARepeatKeepsItsId() {
    initialise();
    InitClusterCommand again = Commands.settings(4, 1, 0).toBuilder().setClusterId("id-2").build();
    assertEquals(List.of(), live.granted(Commands.init(again)), "0 expected means the factor");
    assertEquals("id-1", live.image().clusterId());
  }

  @Test
  void aRepeatAfterTheLogIsReadyChangesNothing() {
    initialise();
    live.granted(Commands.logReady("t"));
    assertEquals(List.of(), live.granted(Commands.init(Commands.settings(4, 1, 1))));
    assertTrue(live.image().logReady());
  }

  @Test
  void otherSettingsAreRefusedOnceTheClusterExists() {
    initialise();
    ByssusException error = live.refused(Commands.init(Commands.settings(8, 1, 1)));
    assertEquals(ErrorCode.CLUSTER_EXISTS, error.code());
    assertTrue(error.getMessage().contains("4 shards"), error.getMessage());
  }

  @Test
  void everyWrongSettingIsNamedWithItsLimit() {
    InitClusterCommand bad =
        InitClusterCommand.newBuilder()
            .setClusterName("Places_1")
            .setShardCount(65_537)
            .setReplicationFactor(8)
            .setExpectedServers(10_001)
            .setLogReplicationFactor(-1)
            .build();
    ByssusException error = live.refused(Commands.init(bad));
    assertEquals(
        List.of(
            "cluster_name",
            "shard_count",
            "replication_factor",
            "expected_servers",
            "log_replication_factor"),
        fields(error));
    assertTrue(error.getMessage().contains("1 to 65536"), error.getMessage());
    assertTrue(error.getMessage().contains("4294967295"), error.getMessage());
  }

  @Test
  void fewerExpectedServersThanReplicasAreRefused() {
    assertEquals(
        List.of("expected_servers"),
        fields(live.refused(Commands.init(Commands.settings(4, 3, 2)))));
  }

  @Test
  void theLargestSettingsPass() {
    InitClusterCommand largest =
        Commands.settings(65_536, 7, 10_000).toBuilder()
            .setClusterName("a".repeat(40))
            .setLogReplicationFactor(7)
            .build();
    live.granted(Commands.init(largest));
  }

  @Test
  void theLogIsRecordedOnceAndAnotherIsRefused() {
    assertEquals(ErrorCode.CLUSTER_NOT_READY, live.refused(Commands.logReady("t")).code());
    initialise();
    live.granted(Commands.logReady("t"));
    assertEquals(List.of(), live.granted(Commands.logReady("t")));
    assertEquals(ErrorCode.LOG_REFUSED, live.refused(Commands.logReady("other")).code());
  }

  @Test
  void idsOfRemovedNamespacesAreNotGivenAgain() {
    initialise();
    live.granted(Commands.namespace("a"));
    ControlPlaneState removed =
        ControlPlaneStateMachine.replay(
            live.state(), List.of(MapChange.newBuilder().setNamespaceRemoved(1).build()));
    ControlPlaneState restored = ControlPlaneState.of(removed.toSnapshot());
    Decision next = ControlPlaneStateMachine.decide(restored, Commands.namespace("a"));
    assertEquals(2, next.changes().get(0).getNamespace().getRules().getNamespaceId());
  }

  @Test
  void aNodeComesGoesDownAndComesBack() {
    live.granted(Commands.register("s1", 10));
    assertEquals(10, live.image().node("s1").orElseThrow().getSinceMs());
    live.granted(Commands.change("s1", false, 20));
    Node down = live.image().node("s1").orElseThrow();
    assertEquals(false, down.getUp());
    assertEquals(20, down.getSinceMs());
    assertEquals(List.of(), live.granted(Commands.change("s1", false, 30)));
    live.granted(Commands.change("s1", true, 40));
    assertEquals(40, live.image().node("s1").orElseThrow().getSinceMs());
  }

  @Test
  void aNodeIdIsInUseWhileItsInstanceIsUp() {
    live.granted(Commands.register("s1", 10));
    Node other = Commands.server("s1", "another", Map.of());
    assertEquals(ErrorCode.NODE_ID_IN_USE, live.refused(Commands.register(other, "", 20)).code());
    live.granted(Commands.change("s1", false, 30));
    live.granted(Commands.register(other, "", 40));
    assertEquals("another", live.image().node("s1").orElseThrow().getInstanceId());
    assertEquals(
        ErrorCode.NOT_FOUND_IN_CLUSTER,
        live.refused(Commands.change("s1", false, 50)).code(),
        "the former instance's lease says nothing of the new one");
  }

  @Test
  void theSameInstanceTakesOverWithItsNewAddress() {
    live.granted(Commands.register("s1", 10));
    Node moved =
        Commands.server("s1", "i-s1", Map.of()).toBuilder().setAddress("127.0.0.1:9").build();
    live.granted(Commands.register(moved, "", 20));
    assertEquals("127.0.0.1:9", live.image().node("s1").orElseThrow().getAddress());
    assertEquals(10, live.image().node("s1").orElseThrow().getSinceMs(), "it was up all along");
  }

  @Test
  void aNodeOfAnotherClusterIsRefused() {
    Node node = Commands.server("s1", "i", Map.of());
    assertEquals(ErrorCode.WRONG_CLUSTER, live.refused(Commands.register(node, "other", 1)).code());
    initialise();
    assertEquals(ErrorCode.WRONG_CLUSTER, live.refused(Commands.register(node, "other", 1)).code());
    live.granted(Commands.register(node, "id-1", 1));
  }

  @Test
  void badNodesAreRefusedByField() {
    Node bad =
        Node.newBuilder()
            .setNodeId("-x")
            .setRole(NodeRole.CONTROL_PLANE)
            .setAddress("nowhere")
            .putLabels("", "v")
            .build();
    assertEquals(
        List.of("node.node_id", "node.role", "node.address", "node.instance_id", "node.labels key"),
        fields(live.refused(Commands.register(bad, "", 1))));
  }

  @Test
  void aNodeThatLeavesIsForgottenUnlessItHoldsReplicas() {
    initialise();
    live.granted(Commands.logReady("t"));
    live.granted(Commands.register("s1", 1));
    live.place(1);
    live.granted(Commands.register("s2", 1));
    live.granted(Commands.deregister("s2", 2));
    assertTrue(live.image().node("s2").isEmpty());
    live.granted(Commands.deregister("s1", 3));
    assertEquals(false, live.image().node("s1").orElseThrow().getUp());
    assertEquals(List.of(), live.granted(Commands.deregister("nobody", 4)));
  }

  @Test
  void aPlanMadeFromAnOlderEpochLeavesTheShardAsItIs() {
    initialise();
    live.granted(Commands.register("s1", 1));
    live.granted(Commands.register("s2", 1));
    PlannedShard plan =
        PlannedShard.newBuilder().setShard(2).addReplicas("s1").setFeedOwner("s1").build();
    live.granted(Commands.assign(List.of(plan)));
    assertEquals(1, live.image().shard(2).orElseThrow().getEpoch());
    assertEquals(List.of(), live.granted(Commands.assign(List.of(plan))));
    PlannedShard next =
        plan.toBuilder().setPlannedFromEpoch(1).setReplicas(0, "s2").setFeedOwner("").build();
    live.granted(Commands.assign(List.of(next)));
    assertEquals(2, live.image().shard(2).orElseThrow().getEpoch());
    assertEquals(1, live.image().shard(2).orElseThrow().getIncarnation());
  }

  @Test
  void aPlanOfTooManyShardsIsRefused() {
    live.granted(Commands.init(Commands.settings(2_000, 1, 1)));
    live.granted(Commands.register("s1", 1));
    List<PlannedShard> most =
        IntStream.range(0, ControlPlaneStateMachine.MAX_PLANNED_SHARDS)
            .mapToObj(i -> PlannedShard.newBuilder().setShard(i).addReplicas("s1").build())
            .toList();
    List<PlannedShard> more = new ArrayList<>(most);
    more.add(PlannedShard.newBuilder().setShard(1_999).addReplicas("s1").build());
    assertEquals("shards", live.refused(Commands.assign(more)).problems().get(0).field());
    live.granted(Commands.assign(most));
  }

  @Test
  void aPlanThatBreaksTheRulesIsRefusedWhole() {
    initialise();
    live.granted(Commands.register("s1", 1));
    PlannedShard good =
        PlannedShard.newBuilder().setShard(0).addReplicas("s1").setFeedOwner("s1").build();
    for (PlannedShard bad :
        List.of(
            good.toBuilder().setShard(4).build(),
            good.toBuilder().addReplicas("s1").build(),
            good.toBuilder().setReplicas(0, "nobody").build(),
            good.toBuilder().setFeedOwner("s2").build(),
            good.toBuilder().clearReplicas().build(),
            good)) {
      assertEquals(
          ErrorCode.INVALID_REQUEST,
          live.refused(Commands.assign(List.of(good, bad))).code(),
          bad.toString());
    }
  }

  @Test
  void whatThisReleaseDoesNotKnowIsNotGuessed() {
    ControlCommand newer = Commands.namespace("a").toBuilder().setFormatVersion(2).build();
    ControlCommand unknown = ControlCommand.newBuilder().setFormatVersion(1).build();
    ControlPlaneState state = live.state();
    assertThrows(
        IllegalArgumentException.class, () -> ControlPlaneStateMachine.decide(state, newer));
    assertThrows(
        IllegalArgumentException.class, () -> ControlPlaneStateMachine.decide(state, unknown));
    assertThrows(
        IllegalArgumentException.class,
        () -> ControlPlaneState.of(state.toSnapshot().toBuilder().setFormatVersion(2).build()));
  }
}
