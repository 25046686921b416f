package io.byssus.cli;

import java.nio.file.Path;

/**
 * Where the log of this process goes. Read when the first logger is made, so to be settled before;
 * a configuration given to the JVM by hand wins.
 */
final class Logging {
  private static final String CONFIGURATION = "logback.configurationFile";
  private static final boolean BY_HAND = System.getProperty(CONFIGURATION) != null;

  private Logging() {}

  /** Nothing but errors, on standard error: for commands that a person or a script calls. */
  static void quiet() {
    configure("io/byssus/cli/quiet-logback.xml");
  }

  /** Into a file, appended to. */
  static void toFile(Path file) {
    System.setProperty("byssus.log.file", file.toString());
    configure("io/byssus/cli/file-logback.xml");
  }

  /** As every process logs: on standard error. */
  static void ofProcess() {
    if (!BY_HAND) {
      System.clearProperty(CONFIGURATION);
    }
  }

  private static void configure(String resource) {
    if (!BY_HAND) {
      System.setProperty(CONFIGURATION, resource);
    }
  }
}
