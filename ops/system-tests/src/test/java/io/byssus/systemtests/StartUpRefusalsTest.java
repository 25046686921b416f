package io.byssus.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that must not start say why, all of it, and end with an exit code that tells. */
final class StartUpRefusalsTest {
  private static final int WRONG_CONFIGURATION = 2;
  private static final int FAILED = 1;

  @TempDir Path directory;

  @Test
  void aServerListsAllThatIsWrongWithItsConfiguration() throws Exception {
    assertRefused(
        "server",
        """
        listen: nowhere
        control-plane: []
        data: %s
        kafka: {bootstrap: "127.0.0.1:9092", servers: 3}
        storage: {block-cache: plenty}
        colour: blue
        """,
        "node-id",
        "listen",
        "control-plane",
        "kafka.servers",
        "storage.block-cache",
        "colour");
  }

  @Test
  void aDispatcherListsAllThatIsWrongWithItsConfiguration() throws Exception {
    assertRefused(
        "dispatcher",
        """
        listen: 0.0.0.0:7400
        data: %s
        kafka: {bootstrap: ""}
        lables: {zone: a}
        """,
        "node-id",
        "listen",
        "control-plane",
        "kafka.bootstrap",
        "lables");
  }

  @Test
  void aControlPlaneMemberListsAllThatIsWrongWithItsConfiguration() throws Exception {
    assertRefused(
        "control-plane",
        """
        node-id: cp-1
        data: %s
        members:
          - {id: cp-1, address: "127.0.0.1:7402"}
        lease: 1 fortnight
        election-timeout: 1ms
        """,
        "members[0].raft",
        "kafka",
        "lease",
        "election-timeout");
  }

  @Test
  void aSecondServerOnTheSameDataDirectoryIsRefused() throws Exception {
    assertSecondIsRefused(
        "server",
        () ->
            """
            node-id: server-1
            listen: 127.0.0.1:0
            metrics-listen: 127.0.0.1:0
            control-plane: ["127.0.0.1:%d"]
            kafka: {bootstrap: "127.0.0.1:%d"}
            data: %s
            """
                .formatted(freePort(), freePort(), directory.resolve("data")));
  }

  @Test
  void aSecondControlPlaneMemberOnTheSameDataDirectoryIsRefused() throws Exception {
    assertSecondIsRefused(
        "control-plane",
        () -> {
          int port = freePort();
          return """
          node-id: cp-1
          listen: 127.0.0.1:%d
          metrics-listen: 127.0.0.1:0
          members:
            - {id: cp-1, address: "127.0.0.1:%d", raft: "127.0.0.1:%d"}
          kafka: {bootstrap: "127.0.0.1:%d"}
          data: %s
          """
              .formatted(port, port, freePort(), freePort(), directory.resolve("data"));
        });
  }

  private interface Configuration {
    String text() throws IOException;
  }

  private void assertRefused(String role, String configuration, String... names)
      throws IOException {
    Path file =
        Files.writeString(
            directory.resolve(role + ".yaml"), configuration.formatted(directory.resolve("data")));
    try (CliProcess process = CliProcess.role(directory, role, role, file)) {
      assertEquals(WRONG_CONFIGURATION, process.awaitExit(), process.output());
      for (String name : names) {
        List<String> naming = process.output().lines().filter(line -> line.contains(name)).toList();
        assertTrue(!naming.isEmpty(), name + " is not named in:\n" + process.output());
      }
      assertTrue(Files.notExists(directory.resolve("data")), "nothing was made");
    }
  }

  private void assertSecondIsRefused(String role, Configuration configuration) throws IOException {
    Path first = Files.writeString(directory.resolve("first.yaml"), configuration.text());
    Path second = Files.writeString(directory.resolve("second.yaml"), configuration.text());
    try (CliProcess holder = CliProcess.role(directory, "first", role, first)) {
      holder.awaitOutput("gRPC listening");
      try (CliProcess late = CliProcess.role(directory, "second", role, second)) {
        assertEquals(FAILED, late.awaitExit(), late.output());
        assertTrue(
            late.output()
                .contains(directory.resolve("data") + " is in use by process " + holder.pid()),
            late.output());
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
