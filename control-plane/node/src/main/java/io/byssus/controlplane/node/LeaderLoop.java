package io.byssus.controlplane.node;

import static io.byssus.controlplane.state.ControlPlaneStateMachine.MAX_PLANNED_SHARDS;

import io.byssus.clustermap.ClusterImage;
import io.byssus.controlplane.state.NamespaceDropPlanner;
import io.byssus.controlplane.state.PlacementPlanner;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.AdvanceDropCommand;
import io.byssus.proto.internal.v1.AssignShardsCommand;
import io.byssus.proto.internal.v1.ChangeNodeCommand;
import io.byssus.proto.internal.v1.ControlCommand;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.PlannedShard;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the control plane does by itself, in turns on one thread: the leader ends leases, has the
 * log created, places shards and moves deleted namespaces on to their end; every member takes a
 * snapshot when many commands have come since the last.
 */
final class LeaderLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LeaderLoop.class);
  private static final Duration COMMIT_LIMIT = Duration.ofSeconds(10);
  private static final long COMMANDS_PER_SNAPSHOT = 10_000;
  // So that many drops do not keep the leader from looking after its leases.
  private static final int DROPS_PER_TURN = 100;

  private final ReplicatedState state;
  private final RaftGroup group;
  private final Leadership leadership;
  private final HaltSwitch halt;
  private final LeaseTable leases;
  private final PlacementPlanner planner;
  private final LogProvisioning logProvisioning;
  private final Clock clock;
  private final LongSupplier nanos;
  private final SlowDrops slowDrops = new SlowDrops();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "leader-loop"));

  LeaderLoop(
      ReplicatedState state,
      RaftGroup group,
      Leadership leadership,
      HaltSwitch halt,
      LeaseTable leases,
      PlacementPlanner planner,
      LogProvisioning logProvisioning,
      Clock clock,
      LongSupplier nanos) {
    this.state = state;
    this.group = group;
    this.leadership = leadership;
    this.halt = halt;
    this.leases = leases;
    this.planner = planner;
    this.logProvisioning = logProvisioning;
    this.clock = clock;
    this.nanos = nanos;
  }

  /** Takes turns from now on, with a pause between. */
  void start(Duration pause) {
    thread.scheduleWithFixedDelay(
        this::turn, pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** One turn. Never throws: the next turn finds what this one left. */
  void turn() {
    if (halt.state().isPresent()) {
      return;
    }
    try {
      if (state.leaderTerm() != 0) {
        endLeases();
        createLog();
        place();
        dropNamespaces();
      } else {
        slowDrops.begin();
      }
      if (state.appliedSinceSnapshot() >= COMMANDS_PER_SNAPSHOT) {
        group.snapshot();
      }
    } catch (ByssusException e) {
      // Leadership was lost, or the members did not commit in time.
      log.info("A turn was cut short: code={} reason={}", e.code(), e.getMessage());
    } catch (RuntimeException e) {
      log.error("A turn failed", e);
    } catch (Throwable e) {
      // Memory or code is lacking: another may lead better than one whose turns do not come.
      halt.halt(HaltReason.LEADER_LOOP_FAILED, "a turn of the leader failed: " + e, e);
      group.leave();
    }
  }

  private void endLeases() {
    for (Node node : leases.expired(state.image(), nanos.getAsLong())) {
      // A commit takes a while; the node may have been heard again meanwhile.
      if (!leases.expired(node, nanos.getAsLong())) {
        continue;
      }
      log.warn("A node's lease ended: node={} address={}", node.getNodeId(), node.getAddress());
      ControlCommand down =
          leadership
              .command()
              .setChangeNode(
                  ChangeNodeCommand.newBuilder()
                      .setNodeId(node.getNodeId())
                      .setInstanceId(node.getInstanceId()))
              .build();
      try {
        leadership.submit(down, COMMIT_LIMIT);
      } catch (ByssusException e) {
        if (e.code() != ErrorCode.NOT_FOUND_IN_CLUSTER) {
          throw e;
        }
        // It left, or came back as another instance, in the meantime.
      }
    }
  }

  private void createLog() {
    ClusterImage image = state.image();
    if (image.cluster().isPresent() && !image.logReady()) {
      logProvisioning.ensure(image.cluster().get());
    }
  }

  private void place() {
    List<PlannedShard> plan =
        planner.plan(state.image(), clock.millis(), leases.watched(nanos.getAsLong()));
    if (plan.isEmpty()) {
      return;
    }
    log.info("Placing shards: shards={}", plan.size());
    for (int from = 0; from < plan.size(); from += MAX_PLANNED_SHARDS) {
      List<PlannedShard> part =
          plan.subList(from, Math.min(plan.size(), from + MAX_PLANNED_SHARDS));
      leadership.submit(
          leadership
              .command()
              .setAssignShards(AssignShardsCommand.newBuilder().addAllShards(part))
              .build(),
          COMMIT_LIMIT);
    }
  }

  private void dropNamespaces() {
    NamespaceDropPlanner.Reports reports = leases.reports(nanos.getAsLong());
    for (SlowDrops.SlowDrop slow :
        slowDrops.due(state.image(), clock.millis(), reports, nanos.getAsLong())) {
      log.warn(
          "A namespace that is deleted for good does not go: id={} state={} waits-for={} of={}",
          slow.namespaceId(),
          slow.state(),
          slow.why(),
          slow.obstacles());
    }
    List<AdvanceDropCommand> plan =
        NamespaceDropPlanner.plan(state.image(), clock.millis(), reports);
    for (AdvanceDropCommand step : plan.subList(0, Math.min(plan.size(), DROPS_PER_TURN))) {
      log.info("A namespace goes: id={} state={}", step.getNamespaceId(), step.getTo());
      leadership.submit(leadership.command().setAdvanceDrop(step).build(), COMMIT_LIMIT);
    }
  }

  @Override
  public void close() throws InterruptedException {
    thread.shutdownNow();
    if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
      log.warn("The leader's turn did not end in time");
    }
  }
}
