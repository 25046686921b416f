package io.byssus.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.cluster.LocalCluster;
import io.byssus.cluster.LocalClusterConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster in one process, and a client that is not Java. */
final class LocalModeTest {
  private static final Path SOURCES = Path.of("src", "test", "node").toAbsolutePath();

  @TempDir static Path directory;
  private static LocalCluster cluster;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    cluster =
        LocalCluster.start(
            new LocalClusterConfig(
                directory.resolve("data"), OptionalInt.of(2), OptionalInt.of(4), 0));
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void aSecondOneOnTheSameDataDirectoryIsRefused() throws Exception {
    Path data = directory.resolve("data");
    try (CliProcess second =
        CliProcess.start(directory, "second", "local", "--data", data.toString(), "--port", "0")) {
      assertNotEquals(0, second.awaitExit());
      assertTrue(
          second.output().contains(data + " is in use by process " + ProcessHandle.current().pid()),
          second.output());
    }
  }

  @Test
  void aClientInNodePutsGetsScansAndIsToldWhatIsWrong() throws Exception {
    boolean available = runs("node", "--version") && runs("npm", "--version");
    if (!available) {
      System.out.println("skipped: there is no Node.js with npm on this machine");
    }
    Assumptions.assumeTrue(available, "there is no Node.js with npm on this machine");

    Path modules = Files.createDirectories(Path.of("target", "node").toAbsolutePath());
    Files.copy(
        SOURCES.resolve("package.json"),
        modules.resolve("package.json"),
        StandardCopyOption.REPLACE_EXISTING);
    run(
        modules,
        Map.of(),
        List.of("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"));
    run(
        SOURCES,
        Map.of("NODE_PATH", modules.resolve("node_modules").toString()),
        List.of("node", "kv.test.js", cluster.endpoint()));
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      return run(directory, Map.of(), List.of(command), false) == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static void run(Path where, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    assertEquals(0, run(where, environment, command, true), String.join(" ", command));
  }

  private static int run(
      Path where, Map<String, String> environment, List<String> command, boolean shown)
      throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(where.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertTrue(process.waitFor(120, TimeUnit.SECONDS), command + " does not end");
    } finally {
      process.destroyForcibly();
    }
    if (shown) {
      System.out.println(String.join(" ", command) + "\n" + Files.readString(output));
    }
    return process.exitValue();
  }
}
