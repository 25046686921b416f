package io.byssus.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.cluster.ClusterProcesses;
import io.byssus.cluster.NodeRole;
import io.byssus.cluster.ProcessesConfig;
import io.byssus.systemtests.TestCluster;
import io.byssus.testkit.Seed;
import io.byssus.testkit.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The check of {@link AcknowledgedWritesSurviveTest} fails where it must: the same load and the
 * same check, on clusters in which one fault is planted. The simulation looks for the same three
 * faults in every build.
 */
@Tag("faults")
final class CheckFindsPlantedFaultsTest {
  private static final Load.Size SIZE = new Load.Size(2, 8, 2, 8);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Test
  void itFindsWritesThatWereAcknowledgedBeforeTheLogHadThem() throws Exception {
    SurvivalRun.Report report =
        run(
            "early",
            config ->
                config.withProperty(NodeRole.DISPATCHER, "byssus.test.acknowledge-early", "true"),
            (cluster, load) -> {
              ClusterProcesses processes = cluster.processes();
              List<String> dispatchers = processes.nodes(NodeRole.DISPATCHER);
              processes.process("kafka").suspend();
              SurvivalRun.awaitAcknowledged(load, load.acknowledged() + 200, LIMIT);
              for (String dispatcher : dispatchers) {
                processes.process(dispatcher).kill();
              }
              processes.process("kafka").resume();
              for (String dispatcher : dispatchers) {
                processes.start(dispatcher);
              }
              for (String dispatcher : dispatchers) {
                processes.awaitServing(dispatcher, LIMIT);
              }
            },
            0);
    assertFound(report, Violation.LOST);
  }

  @Test
  void itFindsWritesThatOneReplicaSkips() throws Exception {
    SurvivalRun.Report report =
        run(
            "skip",
            config -> config,
            (cluster, load) -> {
              ClusterProcesses processes = cluster.processes();
              processes.process("server-2").kill();
              processes.start("server-2", Map.of("byssus.test.skip-every", "50"));
              processes.awaitServing("server-2", LIMIT);
            },
            2_000);
    assertFound(report, Violation.COPIES_DIFFER);
  }

  @Test
  void itFindsDelayedDuplicatesThatTakeEffect() throws Exception {
    SurvivalRun.Report report =
        run(
            "duplicates",
            config ->
                config.withProperty(NodeRole.SERVER, "byssus.test.ignore-writer-windows", "true"),
            (cluster, load) -> {},
            2_000);
    assertTrue(report.findings().delayedDuplicates() > 0);
    assertFound(report, Violation.LOST);
    assertFound(report, Violation.WENT_BACK);
    assertFound(report, Violation.APPLIED_TWICE);
  }

  private static SurvivalRun.Report run(
      String name, UnaryOperator<ProcessesConfig> fault, Disturbance disturbance, long least)
      throws Exception {
    Seed seed = Seed.of("CheckFindsPlantedFaultsTest, " + name);
    SurvivalRun.Report[] report = new SurvivalRun.Report[1];
    TestCluster.with(
        name,
        4,
        config -> fault.apply(config.withNodes(1, 2, 2)),
        cluster -> {
          report[0] = new SurvivalRun(cluster, name, SIZE, seed).run(disturbance, least, LIMIT);
          System.out.println(report[0]);
        });
    return report[0];
  }

  private static void assertFound(SurvivalRun.Report report, Violation violation) {
    assertTrue(
        report.findings().violations().count(violation) > 0,
        () -> violation + " is not among " + report.findings().violations());
  }
}
