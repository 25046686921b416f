package io.byssus.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where the command reads and writes. Always UTF-8, whatever the locale: keys of other scripts must
 * survive a pipe.
 *
 * @param in standard input
 * @param out what was asked for
 * @param err what goes wrong
 * @param terminal whether a person looks at {@code out}
 */
record Streams(InputStream in, PrintStream out, PrintStream err, boolean terminal) {
  /** Those of this process. */
  static Streams ofProcess() {
    return new Streams(System.in, open(FileDescriptor.out), open(FileDescriptor.err), isTerminal());
  }

  private static PrintStream open(FileDescriptor descriptor) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(descriptor), 1 << 13),
        true,
        StandardCharsets.UTF_8);
  }

  /**
   * Asked of the shell's {@code test}: {@link System#console()} also looks at standard input, and
   * since Java 22 is there without a terminal.
   */
  private static boolean isTerminal() {
    try {
      return new ProcessBuilder("sh", "-c", "test -t 1")
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .redirectOutput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
