package io.byssus.process;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * Ends this process when its standard input does, which is how a child process dies with its
 * parent, however the parent died: the operating system closes the pipe. The stop is an orderly one
 * of at most 3 s.
 */
public final class ExitWithStdin {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(3);

  private ExitWithStdin() {}

  /** Starts to watch. Needs {@link ProcessLifecycle#stopOnSignals}. */
  public static void watch(ProcessLifecycle lifecycle) {
    var thread = new Thread(() -> waitForEnd(System.in, lifecycle), "exit-with-stdin");
    thread.setDaemon(true);
    thread.start();
  }

  private static void waitForEnd(InputStream in, ProcessLifecycle lifecycle) {
    var ignored = new byte[256];
    try {
      while (in.read(ignored) != -1) {
        // What the parent says does not matter, only that it is there.
      }
    } catch (IOException e) {
      // A broken pipe is the end too.
    }
    lifecycle.endWithin(STOP_LIMIT);
  }
}
