package io.byssus.controlplane.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.byssus.clustermap.ClusterImage;
import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.internal.v1.ControlCommand;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.PlannedShard;
import io.byssus.proto.internal.v1.WatchResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Random histories: every way to a revision leads to the same state. */
final class ReplayPropertyTest {
  @Property(tries = 60)
  void equalCommandsGiveEqualStatesAlsoOverASnapshot(
      @ForAll long seed, @ForAll @IntRange(max = 60) int snapshotAt) {
    List<ControlCommand> log = log(seed, 60);
    ControlPlaneState straight = ControlPlaneState.initial();
    ControlPlaneState restarted = ControlPlaneState.initial();
    for (int i = 0; i < log.size(); i++) {
      if (i == snapshotAt) {
        restarted = ControlPlaneState.of(restarted.toSnapshot());
      }
      straight = next(straight, log.get(i));
      restarted = next(restarted, log.get(i));
    }
    assertEquals(straight.toSnapshot(), restarted.toSnapshot());
  }

  @Property(tries = 60)
  void aWatcherThatFollowsTheChangesHoldsTheSameMap(@ForAll long seed) {
    ControlPlaneState state = ControlPlaneState.initial();
    ClusterImage watcher = ClusterImage.empty();
    for (ControlCommand command : log(seed, 60)) {
      List<MapChange> changes = ControlPlaneStateMachine.decide(state, command).changes();
      state = ControlPlaneStateMachine.replay(state, changes);
      watcher =
          watcher.apply(
              WatchResponse.newBuilder()
                  .setRevision(state.image().revision())
                  .addAllChanges(changes)
                  .build());
    }
    assertEquals(state.image().toMap(), watcher.toMap());
  }

  private static ControlPlaneState next(ControlPlaneState state, ControlCommand command) {
    return ControlPlaneStateMachine.replay(
        state, ControlPlaneStateMachine.decide(state, command).changes());
  }

  private static NamespaceSpec spec(String name, Random random) {
    return NamespaceSpec.newBuilder()
        .setName(name)
        .setMaxVersions(random.nextInt(3))
        .setConflictRuleValue(random.nextInt(3))
        .build();
  }

  /** Commands that hit each other: few nodes and names, plans that may be stale. */
  private static List<ControlCommand> log(long seed, int length) {
    Random random = new Random(seed);
    LiveState live = LiveState.ready(8, 2, 0);
    PlacementPlanner planner = new PlacementPlanner(Duration.ofMillis(20));
    List<ControlCommand> log =
        new ArrayList<>(List.of(Commands.init(Commands.settings(8, 2, 2)), Commands.logReady("t")));
    List<PlannedShard> plan = List.of();
    for (int now = 1; now < length; now++) {
      String node = "s" + random.nextInt(4);
      String name = "n" + random.nextInt(3);
      ControlCommand command =
          switch (random.nextInt(10)) {
            case 0, 1 -> Commands.register(node, now);
            case 2 -> Commands.change(node, random.nextBoolean(), now);
            case 3 -> Commands.deregister(node, now);
            case 4 -> Commands.namespace(name);
            case 5 -> Commands.update(spec(name, random), random.nextInt(3));
            case 6 -> Commands.delete(name, random.nextInt(8), now);
            case 7 -> Commands.undelete(name, now);
            case 8 ->
                Commands.advance(
                    1 + random.nextInt(6),
                    random.nextBoolean() ? NamespaceState.DROPPING : NamespaceState.DROPPED,
                    now);
            default -> Commands.assign(plan);
          };
      live.apply(command);
      log.add(command);
      if (random.nextBoolean()) {
        plan = planner.plan(live.image(), now, LiveState.ALWAYS);
      }
    }
    return log;
  }
}
