package io.byssus.dispatcher;

import io.byssus.model.ByssusException;
import io.byssus.process.ConfigException;
import io.byssus.process.ExitWithStdin;
import io.byssus.process.ProcessLifecycle;
import io.byssus.process.Readiness;
import java.io.IOException;
import java.nio.file.Path;

/** A dispatcher as a process of its own. */
public final class DispatcherMain {
  private static final int FAILED = 1;
  private static final int BAD_CONFIG = 2;

  private DispatcherMain() {}

  /**
   * Runs a dispatcher until the process is told to stop.
   *
   * @param file its configuration
   * @param exitWithStdin whether the process ends when its standard input does
   * @return the exit code: 0 after an orderly stop, 1 where it could not start, 2 where the
   *     configuration is wrong
   */
  public static int run(Path file, boolean exitWithStdin) {
    DispatcherConfig config;
    try {
      config = DispatcherConfig.read(file);
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      return BAD_CONFIG;
    }
    Readiness readiness = new Readiness();
    ProcessLifecycle lifecycle = new ProcessLifecycle(readiness);
    lifecycle.stopOnSignals();
    if (exitWithStdin) {
      ExitWithStdin.watch(lifecycle);
    }
    try {
      new DispatcherAssembly(config, readiness, lifecycle).start();
    } catch (IOException | ByssusException e) {
      System.err.println("byssus dispatcher: " + e.getMessage());
      return FAILED;
    }
    lifecycle.awaitStopped();
    return 0;
  }
}
