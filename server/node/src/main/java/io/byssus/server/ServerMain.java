package io.byssus.server;

import io.byssus.model.ByssusException;
import io.byssus.process.ConfigException;
import io.byssus.process.ConfigReader;
import io.byssus.process.ExitWithStdin;
import io.byssus.process.ProcessLifecycle;
import io.byssus.process.Readiness;
import java.io.IOException;
import java.nio.file.Path;

/** Runs a server as a process of its own. */
public final class ServerMain {
  private ServerMain() {}

  /**
   * Runs until told to stop.
   *
   * @param exitWithStdin whether to stop when standard input ends
   * @return the exit code: 0 after an orderly stop, 1 where it could not start, 2 where the
   *     configuration is wrong
   */
  public static int run(Path config, boolean exitWithStdin) {
    Readiness readiness = new Readiness();
    ProcessLifecycle lifecycle = new ProcessLifecycle(readiness);
    try {
      ServerConfig settings = ConfigReader.read(config, ServerConfig::read);
      lifecycle.stopOnSignals();
      if (exitWithStdin) {
        ExitWithStdin.watch(lifecycle);
      }
      ServerNode.start(settings, readiness, lifecycle);
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      return 2;
    } catch (IOException | ByssusException e) {
      System.err.println("byssus server: " + e.getMessage());
      return 1;
    }
    lifecycle.awaitStopped();
    return 0;
  }
}
