package io.byssus.controlplane.state;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ByssusException;
import io.byssus.proto.internal.v1.ControlCommand;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.PlannedShard;
import java.time.Duration;
import java.util.List;

/** A state that a test drives by commands, as a single member would. */
final class LiveState {
  static final Duration REPLACE_AFTER = Duration.ofMinutes(10);

  static final Duration ALWAYS = Duration.ofDays(10_000);

  private final PlacementPlanner planner = new PlacementPlanner(REPLACE_AFTER);
  private ControlPlaneState state = ControlPlaneState.initial();

  ControlPlaneState state() {
    return state;
  }

  ClusterImage image() {
    return state.image();
  }

  Decision apply(ControlCommand command) {
    Decision decision = ControlPlaneStateMachine.decide(state, command);
    state = ControlPlaneStateMachine.replay(state, decision.changes());
    return decision;
  }

  /** Applies a command that must be granted. */
  List<MapChange> granted(ControlCommand command) {
    Decision decision = apply(command);
    if (decision instanceof Decision.Accepted accepted) {
      return accepted.changes();
    }
    throw new AssertionError("rejected: " + ((Decision.Rejected) decision).reason().getMessage());
  }

  /** Applies a command that must be refused. */
  ByssusException refused(ControlCommand command) {
    ControlPlaneState before = state;
    if (apply(command) instanceof Decision.Rejected rejected && state.equals(before)) {
      return rejected.reason();
    }
    throw new AssertionError("granted, or changed: " + command);
  }

  /** Plans as one who has always watched, applies the plan, and answers it. */
  List<PlannedShard> place(long nowMs) {
    return place(nowMs, ALWAYS);
  }

  /** Plans as one who has watched for so long, applies the plan, and answers it. */
  List<PlannedShard> place(long nowMs, Duration watched) {
    List<PlannedShard> plan = planner.plan(image(), nowMs, watched);
    if (!plan.isEmpty()) {
      granted(Commands.assign(plan));
    }
    return plan;
  }

  /** A cluster with its log ready and some servers up, not placed yet. */
  static LiveState ready(int shards, int factor, int servers) {
    LiveState live = new LiveState();
    live.granted(Commands.init(Commands.settings(shards, factor, Math.max(factor, servers))));
    live.granted(Commands.logReady("t"));
    for (int i = 0; i < servers; i++) {
      live.granted(Commands.register("s" + i, 0));
    }
    return live;
  }
}
