package io.byssus.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** The commands that run one role, for production. */
final class RoleCommand implements Callable<Integer> {
  private final Role role;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The configuration, in YAML; a commented sample of each is in ops/deploy.")
  private Path config;

  @Option(
      names = "--exit-with-stdin",
      hidden = true,
      description = "End when standard input does, and so with the process that holds it.")
  private boolean exitWithStdin;

  RoleCommand(Role role) {
    this.role = role;
  }

  /** Runs a role until the process is told to stop. */
  @FunctionalInterface
  interface Role {
    /** The exit code. */
    int run(Path config, boolean exitWithStdin);
  }

  @Override
  public Integer call() {
    Logging.ofProcess();
    return role.run(config, exitWithStdin);
  }
}
