package io.byssus.controlplane.node;

import io.byssus.process.ConfigException;
import io.byssus.process.ConfigReader;
import io.byssus.process.ExitWithStdin;
import io.byssus.process.ProcessLifecycle;
import io.byssus.process.Readiness;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** Runs a member of the control plane as a process of its own. */
public final class ControlPlaneMain {
  /** The exit code of a process whose vote could not be stored. */
  static final int VOTE_NOT_STORED = 70;

  private ControlPlaneMain() {}

  /**
   * Runs until told to stop.
   *
   * @param exitWithStdin whether to stop when standard input ends
   * @return the exit code: 0 after an orderly stop, 1 where it could not start, 2 where the
   *     configuration is wrong. A process whose vote could not be stored ends at once with 70
   */
  public static int run(Path config, boolean exitWithStdin) {
    Readiness readiness = new Readiness();
    ProcessLifecycle lifecycle = new ProcessLifecycle(readiness);
    try {
      ControlPlaneConfig settings = ConfigReader.read(config, ControlPlaneConfig::read);
      lifecycle.stopOnSignals();
      if (exitWithStdin) {
        ExitWithStdin.watch(lifecycle);
      }
      ControlPlaneNode.start(
          settings,
          readiness,
          lifecycle,
          () -> Runtime.getRuntime().halt(VOTE_NOT_STORED),
          UnaryOperator.identity());
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      return 2;
    } catch (IOException e) {
      System.err.println("byssus control-plane: " + e.getMessage());
      return 1;
    }
    lifecycle.awaitStopped();
    return 0;
  }
}
