package io.byssus.systemtests.simulation;

import java.util.ArrayList;
import java.util.List;

/** What goes wrong in a run, one thing after the other, as chance has it. */
final class Misfortunes {
  private final Simulation simulation;
  private final Schedule schedule;
  private boolean over;

  Misfortunes(Simulation simulation) {
    this.simulation = simulation;
    this.schedule = simulation.schedule();
  }

  void start() {
    schedule.after(schedule.between(100, 2_000), "misfortune", this::strike);
  }

  /** Nothing goes wrong any more. */
  void end() {
    over = true;
  }

  private void strike() {
    if (over) {
      return;
    }
    switch (schedule.random().nextInt(14)) {
      case 0, 1, 2 -> crashServer();
      case 3 -> crashDispatcher();
      case 4 -> simulation.controlPlane().crash(simulation.controlPlane().anyMember(), down());
      case 5 -> changeLeader();
      case 6, 7 -> cutLink();
      case 8 -> pause();
      case 9, 10, 11, 12 -> lag();
      default -> standStill();
    }
    schedule.after(schedule.between(200, 3_000), "misfortune", this::strike);
  }

  private long down() {
    return schedule.oneIn(5) ? schedule.between(8_000, 30_000) : schedule.between(50, 3_000);
  }

  private <T> T any(List<T> all) {
    return all.get(schedule.random().nextInt(all.size()));
  }

  private void crashServer() {
    SimulatedServer server = any(simulation.servers());
    if (server.process().isUp()) {
      simulation.count(Tally.Sight.SERVER_CRASH);
      simulation.trace().note("%s crashes", server.id());
      server.crash();
      schedule.after(down(), "restart", server::start);
    }
  }

  private void crashDispatcher() {
    SimulatedDispatcher dispatcher = any(simulation.dispatchers());
    if (dispatcher.process().isUp()) {
      simulation.count(Tally.Sight.DISPATCHER_CRASH);
      simulation.trace().note("%s crashes", dispatcher.process().name());
      dispatcher.crash();
      schedule.after(down(), "restart", dispatcher::start);
    }
  }

  private void changeLeader() {
    simulation.count(Tally.Sight.LOG_LEADER_CHANGE);
    LogPartition partition = any(simulation.partitions());
    simulation.trace().note("partition %d changes its leader", partition.shard());
    partition.changeLeader(schedule.oneIn(3) ? schedule.between(1_000, 6_000) : 1_000_000);
  }

  private List<SimulatedProcess> processes() {
    List<SimulatedProcess> all = new ArrayList<>();
    simulation.servers().forEach(server -> all.add(server.process()));
    simulation.dispatchers().forEach(dispatcher -> all.add(dispatcher.process()));
    simulation.controlPlane().members().forEach(member -> all.add(member.process()));
    return all;
  }

  private void cutLink() {
    List<SimulatedProcess> all = processes();
    SimulatedProcess one = any(all);
    SimulatedProcess other = any(all);
    long length = schedule.between(100, 6_000);
    simulation.count(Tally.Sight.LINK_CUT);
    simulation.trace().note("cut: %s to %s", one.name(), other.name());
    simulation.network().cut(one, other, length);
    if (schedule.oneIn(2)) {
      simulation.network().cut(other, one, length);
    }
  }

  private void pause() {
    SimulatedProcess process = any(processes());
    simulation.count(Tally.Sight.PROCESS_PAUSED);
    simulation.trace().note("%s stands still", process.name());
    process.standStill(schedule.between(100, 8_000));
  }

  private void lag() {
    List<SimulatedReplica> replicas = List.copyOf(any(simulation.servers()).replicas());
    if (!replicas.isEmpty()) {
      any(replicas).lag(schedule.between(200, 5_000));
    }
  }

  private void standStill() {
    if (schedule.oneIn(2)) {
      long length = schedule.between(20_000, 420_000);
      simulation.trace().note("everything stands still for %d s", length / 1_000_000_000);
      schedule.standStill(length);
    }
  }
}
