package io.byssus.controlplane.node;

import static io.byssus.controlplane.node.SlowDrops.AGAIN_NANOS;
import static io.byssus.controlplane.node.SlowDrops.PATIENCE_NANOS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.byssus.clustermap.ClusterImage;
import io.byssus.controlplane.node.SlowDrops.SlowDrop;
import io.byssus.controlplane.state.NamespaceDropPlanner;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ReplicaReport;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.proto.log.v1.NamespaceRules;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SlowDropsTest {
  private static final SlowDrop HELD =
      new SlowDrop(7, NamespaceState.DROPPING, List.of("shard 0: server-1 holds it, HALTED"), 1);

  private final SlowDrops drops = new SlowDrops();
  private ReplicaReport report =
      ReplicaReport.newBuilder().setState(ReplicaState.HALTED).addUndroppedNamespaces(7).build();

  private final NamespaceDropPlanner.Reports reports =
      new NamespaceDropPlanner.Reports() {
        @Override
        public Optional<Long> mapRevision(Node node) {
          return Optional.of(100L);
        }

        @Override
        public Optional<ReplicaReport> replica(Node node, int shard) {
          return Optional.of(report);
        }
      };

  private List<SlowDrop> due(NamespaceState state, long nowNanos) {
    return drops.due(image(state), 0, reports, nowNanos);
  }

  private static ClusterImage image(NamespaceState state) {
    return ClusterImage.empty()
        .with(
            1,
            List.of(
                MapChange.newBuilder()
                    .setNode(
                        Node.newBuilder()
                            .setNodeId("server-1")
                            .setRole(NodeRole.SERVER)
                            .setUp(true))
                    .build(),
                MapChange.newBuilder()
                    .setShard(ShardAssignment.newBuilder().addReplicas("server-1"))
                    .build(),
                MapChange.newBuilder()
                    .setNamespace(
                        NamespaceEntry.newBuilder()
                            .setState(state)
                            .setUndeleteUntilMs(1)
                            .setRules(NamespaceRules.newBuilder().setNamespaceId(7)))
                    .build()));
  }

  @Test
  void aNamespaceThatAHaltedReplicaHoldsIsToldOfAfterAWhileAndNowAndThen() {
    assertEquals(List.of(), due(NamespaceState.DROPPING, 5));
    assertEquals(List.of(), due(NamespaceState.DROPPING, 4 + PATIENCE_NANOS));
    assertEquals(List.of(HELD), due(NamespaceState.DROPPING, 5 + PATIENCE_NANOS));
    long told = 5 + PATIENCE_NANOS;
    assertEquals(List.of(), due(NamespaceState.DROPPING, told + AGAIN_NANOS - 1));
    assertEquals(List.of(HELD), due(NamespaceState.DROPPING, told + AGAIN_NANOS));
  }

  @Test
  void whatGoesOrCanComeBackIsNotToldOf() {
    for (NamespaceState state :
        List.of(NamespaceState.ACTIVE, NamespaceState.DELETED, NamespaceState.DROPPED)) {
      assertEquals(List.of(), due(state, 0));
      assertEquals(List.of(), due(state, PATIENCE_NANOS));
    }
    due(NamespaceState.DROPPING, 0);
    report = ReplicaReport.newBuilder().setState(ReplicaState.CAUGHT_UP).build();
    assertEquals(List.of(), due(NamespaceState.DROPPING, PATIENCE_NANOS));
  }
}
