package io.byssus.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of its own that runs one of the mains beside these tests. Killed when closed. */
final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;

  private ChildJvm(Process process) {
    this.process = process;
    this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
  }

  static ChildJvm start(Class<?> main, String... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return new ChildJvm(new ProcessBuilder(command).start());
  }

  /** The next line on its standard output; null at the end. */
  String line() throws IOException {
    return out.readLine();
  }

  /** SIGTERM; unlike {@link Process#destroy} it leaves the child's output readable. */
  void terminate() {
    process.toHandle().destroy();
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  void endInput() throws IOException {
    process.getOutputStream().close();
  }

  long pid() {
    return process.pid();
  }

  int exitCode(int limitSeconds) throws InterruptedException {
    if (!process.waitFor(limitSeconds, TimeUnit.SECONDS)) {
      throw new AssertionError("still running after " + limitSeconds + " s");
    }
    return process.exitValue();
  }

  /** Everything that is left on its standard error. */
  String errors() throws IOException {
    return new String(process.getErrorStream().readAllBytes(), UTF_8);
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
