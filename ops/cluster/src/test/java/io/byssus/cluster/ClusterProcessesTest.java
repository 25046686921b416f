package io.byssus.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.process.ConfigReader;
import io.byssus.server.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a stand-in for the roles; the real ones are driven by the demo and the system tests. */
class ClusterProcessesTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path folder;

  @Test
  void everyNodeHasItsNameAndItsPlace() throws IOException {
    try (ClusterProcesses cluster = new ClusterProcesses(config())) {
      assertEquals(
          Set.of("kafka", "control-plane-1", "server-1", "server-2", "dispatcher-1"),
          cluster.nodes());
      assertEquals(List.of("server-1", "server-2"), cluster.nodes(NodeRole.SERVER));
      assertNotEquals(cluster.address("server-1"), cluster.address("server-2"));
      assertThrows(IllegalArgumentException.class, () -> cluster.process("server-3"));
    }
  }

  @Test
  void theConfigurationIsOneThatTheRoleReads() throws IOException {
    ProcessesConfig config = config().withSetting(NodeRole.SERVER, "apply-threads", 3);
    try (ClusterProcesses cluster = new ClusterProcesses(config)) {
      ServerConfig server =
          ConfigReader.read(folder.resolve("server-2/server.yaml"), ServerConfig::read);
      assertEquals("server-2", server.nodeId());
      assertEquals(cluster.address("server-2"), server.process().listen().toString());
      assertEquals(cluster.metricsAddress("server-2"), server.process().metrics().toString());
      assertEquals(cluster.address("kafka"), server.kafka().bootstrapServers());
      assertEquals(cluster.address("control-plane-1"), server.controlPlane().get(0).toString());
      assertEquals(3, server.applyThreads());
    }
  }

  @Test
  void whereSomethingStandsBeforeTheNodesOthersAreToldOtherPortsThanTheNodesListenOn()
      throws IOException {
    try (ClusterProcesses cluster = new ClusterProcesses(config().withOtherPortsAdvertised())) {
      assertNotEquals(cluster.address("server-1"), cluster.listenAddress("server-1"));
      assertNotEquals(
          cluster.raftAddress("control-plane-1"), cluster.raftListenAddress("control-plane-1"));
      ServerConfig server =
          ConfigReader.read(folder.resolve("server-1/server.yaml"), ServerConfig::read);
      assertEquals(cluster.listenAddress("server-1"), server.process().listen().toString());
      assertEquals(cluster.address("server-1"), server.process().advertise().toString());
      assertEquals(cluster.address("kafka"), server.kafka().bootstrapServers());
      assertEquals(cluster.address("control-plane-1"), server.controlPlane().get(0).toString());
      String member = Files.readString(folder.resolve("control-plane-1/control-plane.yaml"));
      assertTrue(member.contains(cluster.raftAddress("control-plane-1")), member);
      assertTrue(member.contains(cluster.raftListenAddress("control-plane-1")), member);
    }
  }

  @Test
  void rolesAreStartedWithTheirFileAndEveryPropertyAndCanBeKilledAlone() throws IOException {
    ProcessesConfig config = config().withProperty(NodeRole.SERVER, "hook", "armed");
    try (ClusterProcesses cluster = new ClusterProcesses(config)) {
      cluster.start("server-1");
      cluster.start("server-2", Map.of("hook", "other"));
      awaitLog(
          cluster,
          "server-1",
          "started server --config "
              + folder.resolve("server-1/server.yaml")
              + " --exit-with-stdin armed");
      awaitLog(cluster, "server-2", "--exit-with-stdin other");
      cluster.process("server-1").kill();
      assertTrue(cluster.process("server-2").isAlive());
      assertTrue(cluster.logTails(5).contains("--- server-1 (exit code 137)"));
    }
  }

  @Test
  void aRoleRunsInTheJvmThatItIsGiven() throws IOException {
    ProcessesConfig config =
        config().withJvm(NodeRole.SERVER, new JvmShape(48, List.of("-XX:+UseParallelGC")));
    try (ClusterProcesses cluster = new ClusterProcesses(config)) {
      cluster.start("server-1");
      cluster.start("dispatcher-1");
      String server = commandLine(cluster, "server-1");
      assertTrue(server.contains("-Xmx48m") && server.contains("-XX:+UseParallelGC"), server);
      String dispatcher = commandLine(cluster, "dispatcher-1");
      assertTrue(dispatcher.contains("-XX:TieredStopAtLevel=1"), dispatcher);
    }
  }

  private static String commandLine(ClusterProcesses cluster, String node) {
    return ProcessHandle.of(cluster.process(node).pid()).orElseThrow().info().toString();
  }

  @Test
  void aProcessThatEndsIsNotWaitedForAndItsLogIsShown() throws Exception {
    try (ClusterProcesses cluster = new ClusterProcesses(config())) {
      cluster.start("server-1");
      awaitLog(cluster, "server-1", "started");
      cluster.process("server-1").kill();
      ClusterFailure failure =
          assertThrows(ClusterFailure.class, () -> cluster.awaitServing("server-1", LIMIT));
      assertTrue(failure.getMessage().contains("server-1 has ended"), failure.getMessage());
      assertTrue(failure.getMessage().contains("exit code 137"), failure.getMessage());
      assertTrue(failure.getMessage().contains("started server"), failure.getMessage());
    }
  }

  @Test
  void closeLeavesNoProcessBehind() throws IOException {
    ProcessHandle server;
    try (ClusterProcesses cluster = new ClusterProcesses(config())) {
      cluster.start("server-1");
      server = ProcessHandle.of(cluster.process("server-1").pid()).orElseThrow();
    }
    assertTrue(!server.isAlive() && Files.exists(folder.resolve("server-1.log")));
  }

  private ProcessesConfig config() {
    return ProcessesConfig.usual(folder, EchoUntilStdinEnds.class.getName()).withNodes(1, 2, 1);
  }

  private static void awaitLog(ClusterProcesses cluster, String node, String text) {
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertTrue(cluster.process(node).logTail(9).contains(text), node));
  }
}
