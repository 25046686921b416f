package io.byssus.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.process.DataDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalShapeTest {
  private static final int NOT_SAID = -1;

  @TempDir Path folder;

  @Test
  void aNewClusterHasTheUsualNumbersUnlessOthersAreAsked() throws IOException {
    LocalShape usual = settle(folder.resolve("a"), NOT_SAID, NOT_SAID);
    assertEquals(16, usual.shards());
    assertEquals(3, usual.servers());
    assertEquals(2, usual.replicationFactor());
    LocalShape single = settle(folder.resolve("b"), 1, 4);
    assertEquals(4, single.shards());
    assertEquals(1, single.replicationFactor());
  }

  @Test
  void portsAndNumbersAreAsTheyWereAtTheNextStart() throws IOException {
    LocalShape first = settle(folder, 2, 8);
    assertEquals(first, settle(folder, NOT_SAID, NOT_SAID));
    assertEquals(first, settle(folder, 2, 8));
  }

  @Test
  void moreServersAreFineAndAreRemembered() throws IOException {
    settle(folder, 2, 8);
    LocalShape grown = settle(folder, 4, NOT_SAID);
    assertEquals(4, grown.servers());
    assertEquals(2, grown.firstServers());
    assertEquals(grown, settle(folder, NOT_SAID, NOT_SAID));
  }

  @Test
  void otherShardsOrFewerServersAreRefusedWithBothNumbers() throws IOException {
    LocalShape first = settle(folder, 3, 16);
    ClusterFailure shards = assertThrows(ClusterFailure.class, () -> settle(folder, NOT_SAID, 32));
    assertTrue(shards.getMessage().contains("has 16 shards"), shards.getMessage());
    assertTrue(shards.getMessage().contains("32 were asked for"), shards.getMessage());
    ClusterFailure servers = assertThrows(ClusterFailure.class, () -> settle(folder, 2, NOT_SAID));
    assertTrue(servers.getMessage().contains("run with 3 servers"), servers.getMessage());
    assertEquals(first, settle(folder, NOT_SAID, NOT_SAID));
  }

  @Test
  void aDamagedFileIsNamedAndNotReplaced() throws IOException {
    settle(folder, 3, 16);
    try (DataDirectory directory = DataDirectory.open(folder)) {
      directory.write("local-cluster.properties", "shards=many".getBytes(StandardCharsets.UTF_8));
    }
    ClusterFailure failure =
        assertThrows(ClusterFailure.class, () -> settle(folder, NOT_SAID, NOT_SAID));
    assertTrue(failure.getMessage().contains("local-cluster.properties"), failure.getMessage());
  }

  private static LocalShape settle(Path folder, int servers, int shards) throws IOException {
    try (DataDirectory directory = DataDirectory.open(folder);
        FreePorts ports = new FreePorts(new SplittableRandom())) {
      return LocalShape.settle(
          directory, new LocalClusterConfig(folder, optional(servers), optional(shards), 0), ports);
    }
  }

  private static OptionalInt optional(int number) {
    return number == NOT_SAID ? OptionalInt.empty() : OptionalInt.of(number);
  }
}
