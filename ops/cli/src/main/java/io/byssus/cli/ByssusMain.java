package io.byssus.cli;

/** The {@code byssus} command. */
public final class ByssusMain {
  private ByssusMain() {}

  /** Runs a command and ends the JVM with its exit code; {@code byssus --help} lists them. */
  public static void main(String[] arguments) {
    Logging.quiet();
    System.exit(ByssusCommand.on(Streams.ofProcess()).execute(arguments));
  }
}
