package io.byssus.systemtests.faults;

import io.byssus.cluster.ClusterProcesses;
import io.byssus.cluster.NodeRole;
import io.byssus.model.ByssusException;
import io.byssus.systemtests.TestCluster;
import io.byssus.testkit.PlannedFault;
import io.byssus.testkit.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Kills processes by SIGKILL and starts them again, by a plan that the seed alone decides. Victims
 * of different kinds may be away at the same time; of one kind only one is, and nothing else is
 * when everything is killed at once.
 */
final class RandomKills implements Disturbance {
  private static final Duration SERVING_LIMIT = Duration.ofSeconds(60);

  private final List<PlannedFault<Victim>> plan;

  private RandomKills(List<PlannedFault<Victim>> plan) {
    this.plan = plan;
  }

  /**
   * So many kills of each kind, in random order.
   *
   * @param kills how many, by kind
   */
  static RandomKills of(Map<Victim, Integer> kills, Seed seed) {
    List<Victim> victims = new ArrayList<>();
    kills.forEach((victim, times) -> victims.addAll(Collections.nCopies(times, victim)));
    Collections.sort(victims);
    return new RandomKills(
        PlannedFault.plan(victims, Duration.ofSeconds(3), Duration.ofSeconds(4), seed.random()));
  }

  @Override
  public void disturb(TestCluster cluster, Load load) throws Exception {
    long began = System.nanoTime();
    Map<Victim, Future<?>> away = new EnumMap<>(Victim.class);
    ExecutorService healers = Executors.newFixedThreadPool(Victim.values().length);
    try {
      for (PlannedFault<Victim> fault : plan) {
        TimeUnit.NANOSECONDS.sleep(fault.after().toNanos());
        awaitBack(fault.victim(), away);
        List<String> victims = choose(cluster, fault);
        System.out.printf(
            "%6.1f s: kill %s for %d ms, after %d acknowledgements%n",
            (System.nanoTime() - began) / 1e9,
            String.join(", ", victims),
            fault.outage().toMillis(),
            load.acknowledged());
        victims.forEach(node -> cluster.processes().process(node).kill());
        away.put(fault.victim(), healers.submit(() -> heal(cluster, victims, fault)));
      }
      awaitBack(Victim.EVERYTHING, away);
    } finally {
      healers.shutdownNow();
    }
  }

  private static void awaitBack(Victim next, Map<Victim, Future<?>> away) throws Exception {
    for (Map.Entry<Victim, Future<?>> each : away.entrySet()) {
      if (next == Victim.EVERYTHING
          || each.getKey() == Victim.EVERYTHING
          || each.getKey() == next) {
        each.getValue().get();
      }
    }
  }

  private static Void heal(TestCluster cluster, List<String> nodes, PlannedFault<Victim> fault)
      throws Exception {
    TimeUnit.NANOSECONDS.sleep(fault.outage().toNanos());
    for (String node : nodes) {
      cluster.processes().start(node);
    }
    for (String node : nodes) {
      cluster.processes().awaitServing(node, SERVING_LIMIT);
    }
    return null;
  }

  private static List<String> choose(TestCluster cluster, PlannedFault<Victim> fault) {
    ClusterProcesses processes = cluster.processes();
    return switch (fault.victim()) {
      case SERVER -> List.of(pick(processes.nodes(NodeRole.SERVER), fault));
      case DISPATCHER -> List.of(pick(processes.nodes(NodeRole.DISPATCHER), fault));
      case KAFKA -> processes.nodes(NodeRole.KAFKA);
      case LEADER -> List.of(leader(cluster, fault));
      case EVERYTHING -> processes.nodes().stream().sorted().toList();
    };
  }

  /** The leader; while there is none, any member. */
  private static String leader(TestCluster cluster, PlannedFault<Victim> fault) {
    List<String> members = cluster.processes().nodes(NodeRole.CONTROL_PLANE);
    try {
      return cluster.leader().orElseGet(() -> pick(members, fault));
    } catch (ByssusException e) {
      return pick(members, fault);
    }
  }

  private static String pick(List<String> nodes, PlannedFault<Victim> fault) {
    return nodes.get(fault.choice() % nodes.size());
  }
}
