package io.byssus.systemtests.simulation;

import io.byssus.clustermap.ClusterImage;
import io.byssus.controlplane.node.LeaseSeat;
import io.byssus.controlplane.state.ControlPlaneStateMachine;
import io.byssus.controlplane.state.Decision;
import io.byssus.controlplane.state.NamespaceDropPlanner;
import io.byssus.controlplane.state.PlacementPlanner;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.AdvanceDropCommand;
import io.byssus.proto.internal.v1.AssignShardsCommand;
import io.byssus.proto.internal.v1.ChangeNodeCommand;
import io.byssus.proto.internal.v1.ControlCommand;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.PlannedShard;
import io.byssus.proto.internal.v1.ReplicaReport;
import io.byssus.proto.log.v1.NamespaceRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Three members and what consensus promises them: one order of committed commands. Leaders change;
 * what a leader had proposed when it fell may be committed or not; members lag.
 */
final class ControlPlane {
  private static final Duration LEASE = Duration.ofSeconds(8);
  private static final Duration REPLACE_AFTER = Duration.ofSeconds(12);
  private static final long TURN_NANOS = 1_000_000_000L;

  private final Simulation simulation;
  private final Schedule schedule;
  private final List<ControlMember> members = new ArrayList<>();
  private final List<ControlCommand> committed = new ArrayList<>();
  private final Map<Integer, CompletableFuture<Decision>> answers = new HashMap<>();
  private final List<Integer> states = new ArrayList<>();
  private final Map<Integer, String> namespaceIds = new HashMap<>();
  private final LeaseSeat leases;
  private final PlacementPlanner planner = new PlacementPlanner(REPLACE_AFTER);
  private ControlMember leader;
  private int term;

  ControlPlane(Simulation simulation, int memberCount) {
    this.simulation = simulation;
    this.schedule = simulation.schedule();
    for (int number = 0; number < memberCount; number++) {
      members.add(new ControlMember(simulation.process("control-" + number)));
    }
    leader = members.get(0);
    leases = new LeaseSeat(LEASE, schedule.nowNanos());
  }

  List<ControlMember> members() {
    return members;
  }

  ControlMember anyMember() {
    return members.get(schedule.random().nextInt(members.size()));
  }

  /** The map as it is committed: nobody may know it yet. */
  ClusterImage truth() {
    ControlMember furthest = members.get(0);
    for (ControlMember member : members) {
      furthest = member.applied() > furthest.applied() ? member : furthest;
    }
    return furthest.state().image();
  }

  private ControlCommand.Builder command(ControlMember by) {
    return ControlCommand.newBuilder()
        .setFormatVersion(ControlPlaneStateMachine.COMMAND_FORMAT)
        .setNowMs(by.process().millis());
  }

  /** Before the run begins: commits and applies everywhere at once. */
  Decision setUp(Consumer<ControlCommand.Builder> body) {
    ControlCommand.Builder command = command(leader);
    body.accept(command);
    committed.add(command.build());
    Decision decision = null;
    for (ControlMember member : members) {
      decision = apply(member);
    }
    return decision;
  }

  /** Places the shards, before the run begins. */
  void placeAtOnce() {
    List<PlannedShard> plan =
        planner.plan(leader.state().image(), leader.process().millis(), Duration.ZERO);
    setUp(command -> command.setAssignShards(AssignShardsCommand.newBuilder().addAllShards(plan)));
  }

  /** Starts what the leader does by itself. */
  void start() {
    leases.begin(schedule.nowNanos());
    schedule.after(TURN_NANOS, "leader turn", this::turn);
  }

  /** What a member does that is asked to have something decided. */
  CompletableFuture<Decision> request(ControlMember asked, Consumer<ControlCommand.Builder> body) {
    if (asked != leader) {
      return CompletableFuture.failedFuture(
          new ByssusException(ErrorCode.NOT_LEADER, asked.process().name() + " does not lead"));
    }
    ControlCommand.Builder command = command(asked);
    body.accept(command);
    return propose(command.build());
  }

  /** A heartbeat of a node: only the leader hears it. */
  void heartbeat(
      ControlMember asked,
      String nodeId,
      String instanceId,
      long mapRevision,
      List<ReplicaReport> replicas) {
    boolean known =
        asked
            .state()
            .image()
            .node(nodeId)
            .map(node -> node.getUp() && node.getInstanceId().equals(instanceId))
            .orElse(false);
    if (asked == leader && known) {
      leases.grant(nodeId, instanceId, schedule.nowNanos(), mapRevision, replicas);
    }
  }

  private CompletableFuture<Decision> propose(ControlCommand command) {
    CompletableFuture<Decision> answer = new CompletableFuture<>();
    int ownTerm = term;
    int life = leader.process().life();
    ControlMember proposer = leader;
    schedule.after(
        schedule.between(1, 12),
        "commit",
        () -> {
          boolean leads = term == ownTerm && proposer.process().life() == life;
          if ((leads || schedule.oneIn(2)) && majorityUp()) {
            commit(command, leads ? answer : new CompletableFuture<>());
          }
        });
    return answer;
  }

  private boolean majorityUp() {
    return members.stream().filter(member -> member.process().isUp()).count() * 2 > members.size();
  }

  private void commit(ControlCommand command, CompletableFuture<Decision> answer) {
    committed.add(command);
    answers.put(committed.size(), answer);
    simulation.trace().note("committed %d: %s", committed.size(), name(command));
    members.forEach(this::catchUpSoon);
  }

  private static String name(ControlCommand command) {
    return command.getCommandCase().name();
  }

  private void catchUpSoon(ControlMember member) {
    long delay =
        member == leader || !schedule.oneIn(4)
            ? schedule.between(0.2, 5)
            : schedule.between(200, 5_000);
    member.process().after(delay, "apply commands", () -> catchUp(member));
  }

  private void catchUp(ControlMember member) {
    while (member.applied() < committed.size()) {
      Decision decision = apply(member);
      CompletableFuture<Decision> answer =
          member == leader ? answers.remove(member.applied()) : null;
      if (answer != null) {
        answer.complete(decision);
      }
    }
    if (schedule.oneIn(6)) {
      member.takeSnapshot();
    }
  }

  private Decision apply(ControlMember member) {
    ControlCommand command = committed.get(member.applied());
    Decision decision = member.apply(command);
    int digest = member.state().toSnapshot().hashCode();
    if (states.size() < member.applied()) {
      states.add(digest);
      checkIds(decision);
    }
    Invariant.MEMBERS_AGREE.hold(
        states.get(member.applied() - 1) == digest,
        "%s comes to another state by command %d (%s)",
        member.process(),
        member.applied(),
        name(command));
    return decision;
  }

  private void checkIds(Decision decision) {
    for (MapChange change : decision.changes()) {
      if (change.hasNamespace()) {
        NamespaceRules rules = change.getNamespace().getRules();
        String whose = rules.getName() + " of " + change.getNamespace().getCreatedMs();
        String before = namespaceIds.putIfAbsent(rules.getNamespaceId(), whose);
        Invariant.NAMESPACE_IDS_ARE_NEVER_REUSED.hold(
            before == null || before.equals(whose),
            "id %d was of %s and is of %s",
            rules.getNamespaceId(),
            before,
            whose);
      }
    }
  }

  /** One of the leader's turns, as production's leader takes them. */
  private void turn() {
    schedule.after(TURN_NANOS, "leader turn", this::turn);
    if (!leader.process().isUp() || leader.applied() < committed.size()) {
      return;
    }
    ClusterImage image = leader.state().image();
    for (Node node : leases.expired(image, schedule.nowNanos())) {
      propose(
          command(leader)
              .setChangeNode(
                  ChangeNodeCommand.newBuilder()
                      .setNodeId(node.getNodeId())
                      .setInstanceId(node.getInstanceId()))
              .build());
    }
    List<PlannedShard> plan =
        planner.plan(image, leader.process().millis(), leases.watched(schedule.nowNanos()));
    if (!plan.isEmpty()) {
      plan.stream()
          .filter(planned -> moves(image, planned))
          .forEach(planned -> simulation.count(Tally.Sight.SHARD_MOVED));
      propose(
          command(leader)
              .setAssignShards(AssignShardsCommand.newBuilder().addAllShards(plan))
              .build());
    }
    for (AdvanceDropCommand drop :
        NamespaceDropPlanner.plan(
            image, leader.process().millis(), leases.reports(schedule.nowNanos()))) {
      propose(command(leader).setAdvanceDrop(drop).build());
    }
  }

  private static boolean moves(ClusterImage image, PlannedShard planned) {
    return image
        .shard(planned.getShard())
        .map(now -> !planned.getReplicasList().containsAll(now.getReplicasList()))
        .orElse(false);
  }

  /** Kills a member and starts it again after a while. */
  void crash(ControlMember member, long downNanos) {
    if (!member.process().isUp()) {
      return;
    }
    member.crash();
    simulation.count(Tally.Sight.MEMBER_CRASH);
    simulation.trace().note("%s crashed", member.process().name());
    schedule.after(
        downNanos,
        "restart",
        () -> {
          member.restart();
          simulation.trace().note("%s restarted", member.process().name());
          catchUpSoon(member);
        });
    if (member == leader) {
      schedule.after(schedule.between(300, 3_000), "election", this::elect);
    }
  }

  private void elect() {
    ControlMember next = anyMember();
    if (!next.process().isUp() || !majorityUp()) {
      schedule.after(schedule.between(100, 1_000), "election", this::elect);
      return;
    }
    term++;
    leader = next;
    leases.begin(schedule.nowNanos());
    simulation.trace().note("%s leads", next.process().name());
    catchUp(next);
  }
}
