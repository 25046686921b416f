package io.byssus.controlplane.node;

import java.io.IOException;
import java.nio.file.Path;

/** A member as a process of its own, for tests: the configuration file is the one argument. */
final class ControlPlaneProcess {
  private ControlPlaneProcess() {}

  public static void main(String[] args) {
    System.exit(ControlPlaneMain.run(Path.of(args[0]), true));
  }

  /** Starts the process; it ends with its standard input, and so with this JVM. */
  static Process start(Path config, Path output) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            ControlPlaneProcess.class.getName(),
            config.toString())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }
}
