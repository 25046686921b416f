package io.byssus.controlplane.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.process.ConfigException;
import io.byssus.process.ConfigReader;
import io.byssus.process.HostPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ControlPlaneConfigTest {
  private static final String GOOD =
      """
      node-id: cp-2
      data: cp
      members:
        - {id: cp-1, address: "127.0.0.1:7402", raft: "127.0.0.1:7403"}
        - {id: cp-2, address: "127.0.0.1:7412", raft: "127.0.0.1:7413"}
        - {id: cp-3, address: "127.0.0.1:7422", raft: "127.0.0.1:7423"}
      kafka:
        bootstrap: 127.0.0.1:9092
        properties: {security.protocol: PLAINTEXT}
      """;

  @TempDir Path directory;

  private ControlPlaneConfig read(String yaml) throws IOException {
    Path file = directory.resolve("control-plane.yaml");
    Files.writeString(file, yaml);
    return ConfigReader.read(file, ControlPlaneConfig::read);
  }

  private String problems(String yaml) {
    return assertThrows(ConfigException.class, () -> read(yaml)).getMessage();
  }

  @Test
  void aShortFileIsEnough() throws Exception {
    ControlPlaneConfig config = read(GOOD);
    assertEquals("cp-2", config.self().id());
    assertEquals(new HostPort("127.0.0.1", 7413), config.raftListen());
    assertEquals(new HostPort("127.0.0.1", 7402), config.process().listen());
    assertEquals(directory.resolve("cp"), config.data());
    assertEquals(Duration.ofSeconds(5), config.lease());
    assertEquals(Duration.ofMinutes(10), config.replaceAfter());
    assertEquals(Duration.ofSeconds(1), config.electionTimeout());
    assertEquals(Duration.ofHours(24), config.namespaceGrace());
    assertEquals(Map.of("security.protocol", "PLAINTEXT"), config.kafkaProperties());
  }

  @Test
  void everySettingCanBeGiven() throws Exception {
    ControlPlaneConfig config =
        read(
            GOOD
                + """
                listen: 127.0.0.1:1
                raft-listen: 127.0.0.1:2
                lease: 2s
                replace-after: 1h
                election-timeout: 300ms
                namespace-grace: 7d
                """);
    assertEquals(new HostPort("127.0.0.1", 2), config.raftListen());
    assertEquals(Duration.ofSeconds(2), config.lease());
    assertEquals(Duration.ofHours(1), config.replaceAfter());
    assertEquals(Duration.ofMillis(300), config.electionTimeout());
    assertEquals(Duration.ofDays(7), config.namespaceGrace());
  }

  @Test
  void allProblemsAreToldAtOnce() {
    String told =
        problems(
            """
            members:
              - {id: cp-1, address: "127.0.0.1", raft: "127.0.0.1:0"}
            kafka: {}
            lease: 1ms
            leese: 2s
            """);
    for (String part :
        new String[] {
          "node-id: missing",
          "data: missing",
          "members[0].address",
          "members[0].raft",
          "kafka.bootstrap: missing",
          "lease",
          "unknown setting leese"
        }) {
      assertTrue(told.contains(part), () -> part + " is not told in: " + told);
    }
  }

  @Test
  void theGroupMustMakeSense() {
    assertTrue(problems(GOOD.replace("node-id: cp-2", "node-id: cp-9")).contains("cp-9"));
    assertTrue(problems(GOOD.replace("id: cp-3", "id: cp-1")).contains("ids must differ"));
    assertTrue(problems(GOOD.replace("7423", "7413")).contains("Raft addresses must differ"));
    String two = GOOD.replaceAll("(?m)^  - \\{id: cp-3.*\\R", "");
    assertTrue(problems(two).contains("must be 1, 3 or 5; are 2"), two);
  }

  @Test
  void allThatIsWrongWithTheGroupIsToldAtOnceAndWithTheRest() {
    String told =
        problems(
            GOOD.replace("node-id: cp-2", "node-id: cp-9")
                    .replace("id: cp-3", "id: cp-1")
                    .replace("7423", "7413")
                    .replace("7422", "7402")
                + "lease: 1ms\n");
    for (String part :
        new String[] {
          "members: ids must differ; cp-1",
          "members: addresses must differ; 127.0.0.1:7402",
          "members: Raft addresses must differ; 127.0.0.1:7413",
          "members: none has this node-id, cp-9",
          "lease"
        }) {
      assertTrue(told.contains(part), () -> part + " is not told in: " + told);
    }
  }

  @Test
  void whatIsMissingIsNotToldAsARepeatToo() {
    String told = problems(GOOD.replaceAll("address: \"127.0.0.1:74[12]2\", ", ""));
    assertTrue(told.contains("members[1].address: missing"), told);
    assertTrue(told.contains("members[2].address: missing"), told);
    assertFalse(told.contains("must differ"), told);
  }

  @Test
  void raftIsNotOpenToOtherMachinesUnlessTheFileSaysSo() throws Exception {
    String open = GOOD + "raft-listen: 0.0.0.0:7413\n";
    assertTrue(problems(open).contains("insecure: true"));
    assertEquals("0.0.0.0", read(open + "insecure: true\n").raftListen().host());
  }
}
