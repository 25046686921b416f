package io.byssus.systemtests;

import io.byssus.cli.ByssusMain;
import io.byssus.cluster.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** The {@code byssus} command as a process of its own. */
final class CliProcess implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final ChildProcess process;

  private CliProcess(ChildProcess process) {
    this.process = process;
  }

  /** Runs one role, which ends with this JVM however this one ends. */
  static CliProcess role(Path directory, String name, String role, Path configuration)
      throws IOException {
    return start(directory, name, role, "--config", configuration.toString(), "--exit-with-stdin");
  }

  /** Runs a command; its output goes to a file named after it. */
  static CliProcess start(Path directory, String name, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-Dcom.google.protobuf.use_unsafe_pre22_gencode");
    command.add(ByssusMain.class.getName());
    command.addAll(List.of(arguments));
    ChildProcess process = new ChildProcess(name, directory.resolve(name + ".log"));
    process.start(command, Map.of("CLASSPATH", System.getProperty("java.class.path")));
    return new CliProcess(process);
  }

  long pid() {
    return process.pid();
  }

  /** Waits until its output contains a text. */
  void awaitOutput(String text) throws IOException {
    Awaitility.await(process.name() + " says " + text)
        .atMost(LIMIT)
        .until(() -> output().contains(text) || !process.isAlive());
    if (!output().contains(text)) {
      throw new AssertionError(process.name() + " ended without saying " + text + ":\n" + output());
    }
  }

  /** Waits until it ends, and returns its exit code. */
  int awaitExit() {
    Awaitility.await(process.name() + " ends")
        .atMost(LIMIT)
        .until(() -> process.exitCode().isPresent());
    return process.exitCode().getAsInt();
  }

  String output() throws IOException {
    return Files.readString(process.log());
  }

  @Override
  public void close() {
    process.kill();
  }
}
