package io.byssus.cli;

import io.byssus.cluster.LocalCluster;
import io.byssus.cluster.LocalClusterConfig;
import io.byssus.process.ExitWithStdin;
import io.byssus.process.ProcessLifecycle;
import io.byssus.process.Readiness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code byssus local}: a cluster in one process. */
@Command(
    name = "local",
    description = {
      "Runs a cluster in one process on this machine, until Ctrl-C.",
      "",
      "Kafka, a control plane, servers and a dispatcher, all on loopback. Prints one line with",
      "'ready' and the dispatcher's address when it can be used. Everything is kept in the data",
      "directory, and is there again at the next start, however this one ended. What the parts"
          + " have",
      "to say goes to byssus.log there."
    },
    footer = {
      "",
      "Examples:",
      "  byssus local",
      "  byssus local --data /tmp/try --port 7500 --shards 4 --servers 2"
    })
final class LocalCommand implements Callable<Integer> {
  private final Streams streams;

  @Option(
      names = "--servers",
      paramLabel = "N",
      description = "How many servers; may grow with a later start. Default: as before, at first 3")
  private Integer servers;

  @Option(
      names = "--shards",
      paramLabel = "N",
      description = "How many shards, fixed by the first start. Default: as before, at first 16")
  private Integer shards;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${sys:user.home}/.byssus/local",
      description = "Where everything is kept. Default: ${DEFAULT-VALUE}")
  private Path data;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "7400",
      description = "The dispatcher's port; 0: any free one. Default: ${DEFAULT-VALUE}")
  private int port;

  @Option(
      names = "--exit-with-stdin",
      hidden = true,
      description = "End when standard input does, and so with the process that holds it.")
  private boolean exitWithStdin;

  LocalCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Files.createDirectories(data);
    Logging.toFile(data.resolve("byssus.log"));
    ProcessLifecycle lifecycle = new ProcessLifecycle(new Readiness());
    lifecycle.stopOnSignals();
    if (exitWithStdin) {
      ExitWithStdin.watch(lifecycle);
    }
    LocalCluster cluster = start(lifecycle);
    streams.out().println("ready " + cluster.endpoint() + " (data in " + data + ")");
    lifecycle.awaitStopped();
    return ExitCodes.OK;
  }

  private LocalCluster start(ProcessLifecycle lifecycle) throws IOException, InterruptedException {
    LocalClusterConfig config =
        new LocalClusterConfig(data, optional(servers), optional(shards), port);
    try {
      return lifecycle.closeAtStop("local cluster", LocalCluster.start(config));
    } catch (IOException | InterruptedException | RuntimeException e) {
      // Nothing is left to be stopped, so the exit code is this failure's.
      lifecycle.stop();
      throw e;
    }
  }

  private static OptionalInt optional(Integer number) {
    return number == null ? OptionalInt.empty() : OptionalInt.of(number);
  }
}
