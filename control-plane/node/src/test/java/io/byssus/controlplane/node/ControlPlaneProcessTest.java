package io.byssus.controlplane.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.clustermap.ControlPlaneClient;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.ListNodesRequest;
import io.byssus.proto.admin.v1.NodeDescription;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A member as a real process. */
@Timeout(60)
final class ControlPlaneProcessTest {
  @TempDir Path directory;
  private int grpcPort;
  private Path config;
  private Process process;

  @BeforeEach
  void configure() throws Exception {
    grpcPort = freePort();
    config = directory.resolve("cp.yaml");
    Files.writeString(
        config,
        """
        node-id: cp-1
        listen: 127.0.0.1:%d
        metrics-listen: 127.0.0.1:0
        data: data
        members: [{id: cp-1, address: "127.0.0.1:%d", raft: "127.0.0.1:%d"}]
        kafka: {bootstrap: 127.0.0.1:1}
        election-timeout: 300ms
        """
            .formatted(grpcPort, grpcPort, freePort()));
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @AfterEach
  void end() throws Exception {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }

  private Path start(String name) throws Exception {
    Path output = directory.resolve(name + ".log");
    process = ControlPlaneProcess.start(config, output);
    return output;
  }

  private List<NodeDescription> nodes(ControlPlaneClient client) {
    return client
        .call(
            Duration.ofSeconds(20),
            channel ->
                AdminServiceGrpc.newBlockingStub(channel)
                    .listNodes(ListNodesRequest.getDefaultInstance()))
        .getNodesList();
  }

  @Test
  void aVoteThatCannotBeStoredEndsTheProcessAtOnce() throws Exception {
    // A directory where JRaft wants to write the file that it then renames.
    Files.createDirectories(directory.resolve("data/raft/meta/raft_meta.tmp"));
    Path output = start("halt");
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it still runs");
    assertEquals(ControlPlaneMain.VOTE_NOT_STORED, process.exitValue());
    assertTrue(Files.readString(output).contains("VOTE_NOT_STORED"), Files.readString(output));
  }

  @Test
  void aProcessThatWasKilledLeadsAgainAndOneThatLosesItsParentEnds() throws Exception {
    try (ControlPlaneClient client = new ControlPlaneClient(List.of("127.0.0.1:" + grpcPort))) {
      start("first");
      assertTrue(nodes(client).get(0).getLeader());
      process.destroyForcibly().waitFor();
      start("second");
      assertTrue(nodes(client).get(0).getLeader());
      process.getOutputStream().close();
      assertTrue(process.waitFor(10, TimeUnit.SECONDS), "it still runs");
      assertEquals(0, process.exitValue());
    }
  }

  @Test
  void aSecondProcessOnTheSameDirectoryIsRefused() throws Exception {
    try (ControlPlaneClient client = new ControlPlaneClient(List.of("127.0.0.1:" + grpcPort))) {
      start("first");
      nodes(client);
      Path output = directory.resolve("second.log");
      Process second = ControlPlaneProcess.start(config, output);
      assertTrue(second.waitFor(20, TimeUnit.SECONDS), "it still runs");
      assertEquals(1, second.exitValue());
      await().until(() -> Files.readString(output).contains("is in use by process"));
    }
  }
}
