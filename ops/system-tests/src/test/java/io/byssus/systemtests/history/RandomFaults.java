package io.byssus.systemtests.history;

import io.byssus.cluster.ClusterProcesses;
import io.byssus.cluster.NodeRole;
import io.byssus.model.ByssusException;
import io.byssus.systemtests.TestCluster;
import io.byssus.testkit.PlannedFault;
import io.byssus.testkit.Seed;
import io.byssus.testkit.proxy.FaultProxy;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Strikes nodes by a plan that the seed alone decides. Nodes of different kinds may be struck at
 * the same time; of one kind only one is.
 */
final class RandomFaults {
  private static final Duration SERVING_LIMIT = Duration.ofSeconds(60);

  private final List<PlannedFault<NodeFault>> plan;

  /**
   * These faults, in random order.
   *
   * @param longestWait between two
   * @param longestOutage of one
   */
  RandomFaults(List<NodeFault> faults, Duration longestWait, Duration longestOutage, Seed seed) {
    this.plan = PlannedFault.plan(faults, longestWait, longestOutage, seed.random());
  }

  /** How many there are of each kind. */
  Map<String, Integer> count() {
    Map<String, Integer> count = new TreeMap<>();
    plan.forEach(fault -> count.merge(fault.victim().toString(), 1, Integer::sum));
    return count;
  }

  /** Strikes, and returns when every node serves again. */
  void inject(TestCluster cluster) throws Exception {
    long began = System.nanoTime();
    Map<NodeRole, Future<?>> struck = new EnumMap<>(NodeRole.class);
    ExecutorService healers = Executors.newFixedThreadPool(NodeRole.values().length);
    try {
      for (PlannedFault<NodeFault> fault : plan) {
        TimeUnit.NANOSECONDS.sleep(fault.after().toNanos());
        NodeRole role = fault.victim().role();
        if (struck.containsKey(role)) {
          struck.get(role).get();
        }
        String node = choose(cluster, fault);
        System.out.printf(
            "%6.1f s: %s: %s for %d ms%n",
            (System.nanoTime() - began) / 1e9,
            node,
            fault.victim().kind(),
            fault.outage().toMillis());
        fault
            .victim()
            .kind()
            .strike(cluster.processes().process(node), cluster.proxies().of(node), fault.choice());
        struck.put(role, healers.submit(() -> heal(cluster, node, fault)));
      }
      for (Future<?> each : struck.values()) {
        each.get();
      }
      cluster.processes().awaitReady(SERVING_LIMIT);
    } finally {
      healers.shutdownNow();
    }
  }

  private static Void heal(TestCluster cluster, String node, PlannedFault<NodeFault> fault)
      throws Exception {
    TimeUnit.NANOSECONDS.sleep(fault.outage().toNanos());
    switch (fault.victim().kind()) {
      case SIGKILL -> cluster.processes().start(node);
      case SIGSTOP -> cluster.processes().process(node).resume();
      default -> cluster.proxies().of(node).forEach(FaultProxy::heal);
    }
    cluster.processes().awaitServing(node, SERVING_LIMIT);
    return null;
  }

  /** A node of the role; of the control plane the leader, where one is named and can be asked. */
  private static String choose(TestCluster cluster, PlannedFault<NodeFault> fault) {
    ClusterProcesses processes = cluster.processes();
    NodeRole role = fault.victim().role();
    List<String> nodes = processes.nodes(role);
    String any = nodes.get(fault.choice() % nodes.size());
    if (role != NodeRole.CONTROL_PLANE) {
      return any;
    }
    try {
      return cluster.leader().orElse(any);
    } catch (ByssusException e) {
      return any;
    }
  }
}
