package io.byssus.systemtests.history;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.cluster.ChildProcess;
import io.byssus.cluster.ClusterProcesses;
import io.byssus.cluster.NodeRole;
import io.byssus.systemtests.TestCluster;
import io.byssus.testkit.Seed;
import io.byssus.testkit.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The check of {@link HistoryTest} fails where it must: the same load and the same check, on a
 * cluster in which one fault is planted, and then another. The simulation looks for the same two
 * faults in every build.
 */
@Tag("faults")
final class PlantedFaultsTest {
  private static final HistoryLoad.Size SIZE = new HistoryLoad.Size(4, 3, 12);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long OPERATIONS = 3_000;
  private static final Duration STILL = Duration.ofMillis(500);
  private static final int STILLS = 3;
  private static final int MOST_ROUNDS = 6;

  @Test
  void itFindsStaleAnswersFromADispatchersCacheAndReadsWithoutBarriers() throws Exception {
    Seed seed = Seed.of("PlantedFaultsTest");
    TestCluster.with(
        "planted",
        4,
        config ->
            config
                .withNodes(1, 2, 2)
                .withProperty(NodeRole.DISPATCHER, "byssus.test.cache-linearizable", "true"),
        cluster -> {
          assertFound(run(cluster, "cache", seed.part(0), () -> {}));

          restart(cluster, NodeRole.DISPATCHER, Map.of("byssus.test.cache-linearizable", "false"));
          restart(cluster, NodeRole.SERVER, Map.of("byssus.test.skip-barriers", "true"));
          // What it is asked while it stands still it answers from what it had, unless it has
          // caught up by then: that is a race, which the fault wins in most rounds.
          ChildProcess server = cluster.processes().process("server-2");
          HistoryRun.Report report = null;
          for (int round = 1; round <= MOST_ROUNDS && !found(report); round++) {
            report =
                run(
                    cluster,
                    "barriers-" + round,
                    seed.part(round),
                    () -> standStillSometimes(server));
          }
          assertFound(report);
        });
  }

  private static void standStillSometimes(ChildProcess server) throws Exception {
    for (int i = 0; i < STILLS; i++) {
      server.suspend();
      TimeUnit.NANOSECONDS.sleep(STILL.toNanos());
      server.resume();
      TimeUnit.NANOSECONDS.sleep(STILL.toNanos());
    }
  }

  /** What is done to the cluster meanwhile. */
  @FunctionalInterface
  private interface Meanwhile {
    void run() throws Exception;
  }

  private static HistoryRun.Report run(
      TestCluster cluster, String namespace, Seed seed, Meanwhile meanwhile) throws Exception {
    cluster.createNamespace(namespace);
    HistoryRun.Report report =
        new HistoryRun(cluster, namespace, SIZE, seed)
            .run(history -> meanwhile.run(), OPERATIONS, LIMIT);
    System.out.println(namespace + ": " + report);
    return report;
  }

  private static void restart(TestCluster cluster, NodeRole role, Map<String, String> properties)
      throws Exception {
    ClusterProcesses processes = cluster.processes();
    List<String> nodes = processes.nodes(role);
    for (String node : nodes) {
      processes.process(node).kill();
      processes.start(node, properties);
    }
    for (String node : nodes) {
      processes.awaitServing(node, LIMIT);
    }
  }

  private static void assertFound(HistoryRun.Report report) {
    assertTrue(found(report), () -> "no read was found stale: " + report);
  }

  private static boolean found(HistoryRun.Report report) {
    return report != null && report.violations().count(Violation.NOT_LINEARIZABLE) > 0;
  }
}
