package io.byssus.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaMainTest {
  @TempDir Path dir;
  private final List<Process> children = new ArrayList<>();

  @AfterEach
  void endChildren() throws InterruptedException {
    for (Process child : children) {
      child.destroyForcibly().waitFor();
    }
  }

  @Test
  void acknowledgedRecordsSurviveSigkillAndARestartOnTheSamePort() throws Exception {
    var first = start("--data", dir.toString(), "--port", "0");
    String address = ready(first);
    Topic.create(address, "t", 1).append("kept".getBytes(UTF_8));
    first.destroyForcibly().waitFor();

    String port = address.substring(address.indexOf(':') + 1);
    var second = start("--data", dir.toString(), "--port", port);
    assertEquals(address, ready(second));
    var topic = new Topic(address, "t");
    topic.append("added".getBytes(UTF_8));
    var values = topic.read(2).stream().map(v -> new String(v, UTF_8)).toList();
    assertEquals(List.of("kept", "added"), values);
  }

  @Test
  void aSecondProcessOnTheSameDirectoryIsRefusedWithTheReason() throws Exception {
    ready(start("--data", dir.toString(), "--port", "0"));
    var second = start("--data", dir.toString(), "--port", "0");
    assertTrue(second.waitFor(30, TimeUnit.SECONDS));
    assertEquals(1, second.exitValue());
    var said = new String(second.getErrorStream().readAllBytes(), UTF_8);
    assertTrue(said.contains("another Kafka broker is using " + dir), said);
  }

  @Test
  void endsWithItsStandardInput() throws Exception {
    var child = start("--data", dir.toString(), "--port", "0", "--exit-with-stdin");
    String address = ready(child);
    child.getOutputStream().close();
    assertTrue(child.waitFor(5, TimeUnit.SECONDS), "still running 5 s after its input ended");
    assertEquals(0, child.exitValue());
    assertThrows(IOException.class, () -> connect(address).close());
  }

  @Test
  void stopsInGoodOrderOnSigterm() throws Exception {
    var child = start("--data", dir.toString(), "--port", "0");
    ready(child);
    child.destroy();
    assertTrue(child.waitFor(10, TimeUnit.SECONDS), "still running 10 s after SIGTERM");
    // 128 + SIGTERM: the JVM's own code after its shutdown hooks have run.
    assertEquals(143, child.exitValue());
    EmbeddedKafka.start(dir).close();
  }

  @Test
  void wrongArgumentsAreRefusedWithTheUsage() throws Exception {
    for (var arguments :
        List.of(
            new String[] {"--port", "0"},
            new String[] {"--data", dir.toString(), "--port", "seven"},
            new String[] {"--data", dir.toString(), "--port", "70000"},
            new String[] {"--data", dir.toString(), "--port", "0", "--what"})) {
      var child = start(arguments);
      assertTrue(child.waitFor(30, TimeUnit.SECONDS));
      assertEquals(2, child.exitValue());
      var said = new String(child.getErrorStream().readAllBytes(), UTF_8);
      assertTrue(said.contains("usage: "), said);
    }
  }

  private Process start(String... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(EmbeddedKafka.JVM_FLAGS);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(EmbeddedKafkaMain.class.getName());
    command.addAll(List.of(arguments));
    var child = new ProcessBuilder(command).start();
    children.add(child);
    return child;
  }

  /** The address that the child prints; its first line on standard output must be that. */
  private static String ready(Process child) throws IOException {
    var out = new BufferedReader(new InputStreamReader(child.getInputStream(), UTF_8));
    String line = out.readLine();
    if (line == null) {
      throw new IOException(new String(child.getErrorStream().readAllBytes(), UTF_8));
    }
    assertTrue(line.startsWith("ready 127.0.0.1:"), line);
    return line.substring("ready ".length());
  }

  private static Socket connect(String address) throws IOException {
    int colon = address.indexOf(':');
    return new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }
}
