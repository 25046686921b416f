package io.byssus.controlplane.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.internal.v1.AdvanceDropCommand;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ReplicaReport;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class NamespaceDropPlannerTest {
  private static final long OVER = 1_000;

  // Two shards, each on both servers, and a dispatcher.
  private final LiveState live = LiveState.ready(2, 2, 2);
  private final Map<String, Long> revisions = new HashMap<>();
  private final Map<String, ReplicaReport> replicas = new HashMap<>();

  @BeforeEach
  void deleteANamespace() {
    Node dispatcher =
        Commands.server("d0", "i-d0", Map.of()).toBuilder().setRole(NodeRole.DISPATCHER).build();
    live.granted(Commands.register(dispatcher, "", 1));
    live.place(1);
    live.granted(Commands.namespace("places"));
    live.granted(Commands.delete("places", OVER - 100, 100));
  }

  private List<AdvanceDropCommand> plan(long nowMs) {
    return NamespaceDropPlanner.plan(live.image(), nowMs, reports());
  }

  private List<String> obstacles() {
    return NamespaceDropPlanner.obstacles(
        live.image(), live.image().namespace(1).orElseThrow(), reports());
  }

  private NamespaceDropPlanner.Reports reports() {
    return new NamespaceDropPlanner.Reports() {
      @Override
      public Optional<Long> mapRevision(Node node) {
        return Optional.ofNullable(revisions.get(node.getNodeId()));
      }

      @Override
      public Optional<ReplicaReport> replica(Node node, int shard) {
        return Optional.ofNullable(replicas.get(node.getNodeId() + "/" + shard));
      }
    };
  }

  private static AdvanceDropCommand to(NamespaceState state) {
    return AdvanceDropCommand.newBuilder().setNamespaceId(1).setTo(state).build();
  }

  private void heard(String node) {
    revisions.put(node, live.image().revision());
  }

  private void reports(String node, int shard, ReplicaState state, Integer... undropped) {
    replicas.put(
        node + "/" + shard,
        ReplicaReport.newBuilder()
            .setShard(shard)
            .setState(state)
            .addAllUndroppedNamespaces(List.of(undropped))
            .build());
  }

  private void dropping() {
    heard("d0");
    plan(OVER).forEach(step -> live.granted(Commands.advance(step, OVER)));
    assertEquals(NamespaceState.DROPPING, live.image().namespace(1).orElseThrow().getState());
  }

  /** All replicas are caught up and hold nothing, by the newest map. */
  private void allGone() {
    for (String server : List.of("s0", "s1")) {
      heard(server);
      reports(server, 0, ReplicaState.CAUGHT_UP);
      reports(server, 1, ReplicaState.CAUGHT_UP);
    }
  }

  @Test
  void aNamespaceIsNotDroppedWhileItCanComeBack() {
    heard("d0");
    assertEquals(List.of(), plan(OVER - 1));
    assertEquals(List.of(to(NamespaceState.DROPPING)), plan(OVER));
  }

  @Test
  void droppingWaitsForEveryDispatcherThatIsUp() {
    assertEquals(List.of(), plan(OVER), "it has not reported to this leader");
    revisions.put("d0", live.image().namespace(1).orElseThrow().getDeletedRevision() - 1);
    assertEquals(List.of(), plan(OVER), "it may still take writes");
    live.granted(Commands.change("d0", false, 5));
    assertEquals(List.of(to(NamespaceState.DROPPING)), plan(OVER));
  }

  @Test
  void aNamespaceIsDroppedWhenEveryReplicaThatIsUpSaysSoByTheNewMap() {
    allGone();
    dropping();
    assertEquals(List.of(), plan(OVER), "what they said was said by an older map");
    allGone();
    assertEquals(List.of(to(NamespaceState.DROPPED)), plan(OVER));
    reports("s1", 1, ReplicaState.CAUGHT_UP, 1, 7);
    assertEquals(List.of(), plan(OVER), "one still holds it");
    replicas.remove("s1/1");
    assertEquals(List.of(), plan(OVER), "one has said nothing");
    live.granted(Commands.change("s1", false, 5));
    assertEquals(List.of(to(NamespaceState.DROPPED)), plan(OVER), "it is down");
  }

  @Test
  void aShardNeedsOneReplicaThatWasCaughtUp() {
    dropping();
    allGone();
    live.granted(Commands.change("s1", false, 5));
    reports("s0", 1, ReplicaState.CATCHING_UP);
    assertEquals(List.of(), plan(OVER), "it may not have come to the namespace's records yet");
    live.granted(Commands.change("s0", false, 6));
    assertEquals(List.of(), plan(OVER), "nobody is there who could say");
  }

  @Test
  void whatANamespaceWaitsForIsNamed() {
    assertEquals(List.of("d0 has not reported that it knows of the deletion"), obstacles());
    dropping();
    allGone();
    assertEquals(List.of(), obstacles());
    reports("s0", 0, ReplicaState.HALTED, 1);
    replicas.remove("s1/1");
    assertEquals(
        List.of("shard 0: s0 holds it, HALTED", "shard 1: s1 has not reported"), obstacles());
    live.granted(Commands.change("s1", false, 5));
    reports("s0", 1, ReplicaState.CATCHING_UP);
    assertEquals("shard 1: no replica of it is up and caught up", obstacles().get(1));
  }

  @Test
  void aFullListMayLeaveTheNamespaceOut() {
    dropping();
    allGone();
    reports("s0", 0, ReplicaState.CAUGHT_UP, hundredFrom(2));
    assertEquals(List.of(to(NamespaceState.DROPPED)), plan(OVER), "the lowest are named first");
    reports("s0", 0, ReplicaState.CAUGHT_UP, Collections.nCopies(100, 0).toArray(Integer[]::new));
    assertEquals(List.of(), plan(OVER), "there was no room for it");
  }

  private static Integer[] hundredFrom(int id) {
    return IntStream.range(id, id + 100).boxed().toArray(Integer[]::new);
  }
}
