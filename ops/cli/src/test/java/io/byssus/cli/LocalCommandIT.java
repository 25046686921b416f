package io.byssus.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.cluster.ChildProcess;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code byssus local} as a process of its own, with commands that use it. */
class LocalCommandIT {
  private static final Duration LIMIT = Duration.ofSeconds(120);

  @TempDir Path folder;

  private final List<ChildProcess> started = new ArrayList<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @AfterEach
  void endAll() {
    started.forEach(ChildProcess::close);
  }

  @Test
  void everythingIsThereAfterSigkillAndASecondProcessIsRefused() throws IOException {
    ChildProcess first = local("first", "--servers", "2", "--shards", "4");
    String endpoint = awaitReady(first);
    assertEquals(0, run(endpoint, "admin", "namespaces", "create", "places"));
    assertEquals(0, run(endpoint, "kv", "put", "places", "JP/東京\\0" + "01", "首都", "--applied"));
    assertEquals(0, run(endpoint, "kv", "put", "places", "JP/京都\\0" + "02", "古都"));

    ChildProcess second = local("second");
    await().atMost(LIMIT).until(() -> !second.isAlive());
    assertEquals(OptionalInt.of(1), second.exitCode());
    assertTrue(
        second.logTail(9).contains("is in use by process " + first.pid()), second.logTail(9));
    assertFalse(second.logTail(9).contains("\tat "), second.logTail(9));

    first.kill();
    ChildProcess third = local("third");
    endpoint = awaitReady(third);
    assertEquals(0, run(endpoint, "kv", "get", "places", "JP/東京\\0" + "01"));
    assertEquals("首都", out.toString(StandardCharsets.UTF_8));
    assertEquals(0, run(endpoint, "kv", "scan", "places", "JP", "--json"));
    assertEquals(2, out.toString(StandardCharsets.UTF_8).lines().count());
    assertTrue(third.stop(Duration.ofSeconds(30)), "an orderly stop");
    assertEquals(OptionalInt.of(0), third.exitCode());
    assertEquals(1, third.logTail(9).lines().count(), third.logTail(9));
  }

  private ChildProcess local(String name, String... more) throws IOException {
    ChildProcess process = new ChildProcess(name, folder.resolve(name + ".log"));
    started.add(process);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-Dcom.google.protobuf.use_unsafe_pre22_gencode");
    command.add("--enable-native-access=ALL-UNNAMED");
    if (Runtime.version().feature() >= 24) {
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(List.of(ByssusMain.class.getName(), "local", "--port", "0"));
    command.addAll(List.of("--data", folder.resolve("data").toString()));
    command.addAll(List.of(more));
    process.start(command, Map.of("CLASSPATH", System.getProperty("java.class.path")));
    return process;
  }

  /** Waits for the one line that it prints, and tells the endpoint. */
  private static String awaitReady(ChildProcess process) {
    await().atMost(LIMIT).until(() -> !process.isAlive() || process.logTail(1).contains("ready"));
    assertTrue(process.isAlive(), process.logTail(20));
    assertEquals(1, process.logTail(9).lines().count(), process.logTail(9));
    return process.logTail(1).split(" ")[1];
  }

  private int run(String endpoint, String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--endpoint", endpoint, "--timeout", "30s"));
    out.reset();
    Streams streams =
        new Streams(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            System.err,
            false);
    return ByssusCommand.on(streams).execute(all.toArray(String[]::new));
  }
}
