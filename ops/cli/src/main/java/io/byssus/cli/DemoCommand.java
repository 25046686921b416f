package io.byssus.cli;

import io.byssus.cli.demo.CheckFailed;
import io.byssus.cli.demo.Demo;
import io.byssus.cli.demo.DemoScreen;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code byssus demo}: real data through a real cluster, and every claim checked. */
@Command(
    name = "demo",
    description = {
      "Shows real data go in and come out of a throw-away cluster, and checks every claim.",
      "",
      "Starts separate processes (Kafka, 3 control-plane members, 3 servers, 1 dispatcher), loads",
      "135,233 populated places of the world, reads every record back and compares it with the"
          + " file,",
      "answers questions by scans, kills a server under load and shows that no acknowledged write"
          + " is",
      "lost and that reads go on, starts it again and compares all replicas.",
      "",
      "Takes less than 2 minutes and about 2 GB of memory. Leaves nothing behind. Exit code 0 if",
      "everything held; 1, with the reason, if anything did not."
    })
final class DemoCommand implements Callable<Integer> {
  private final Streams streams;

  DemoCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    DemoScreen screen = new DemoScreen(streams.out(), streams.terminal(), Demo.STEPS);
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      new Demo(screen, ByssusMain.class.getName(), temporary).run();
    } catch (CheckFailed e) {
      streams.err().println("byssus: the demo failed: " + e.getMessage());
      return ExitCodes.FAILED;
    }
    return ExitCodes.OK;
  }
}
