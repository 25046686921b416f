package io.byssus.cli.demo;

import io.byssus.client.ByssusClient;
import io.byssus.client.Namespace;
import io.byssus.cluster.ClusterProcesses;
import io.byssus.cluster.ExitCleanUp;
import io.byssus.cluster.NodeRole;
import io.byssus.cluster.ProcessesConfig;
import io.byssus.cluster.ThrowAwayFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * The demo: a throw-away cluster of real processes, real data written through the log, and every
 * claim checked. It either runs to its end or throws what was not so.
 */
public final class Demo {
  /** How many steps it has. */
  public static final int STEPS = 10;

  private static final int SERVERS = 3;
  private static final String VICTIM = "server-2";
  private static final long SEED = 20_261_121;
  private static final int LOG_LINES = 25;

  private final DemoScreen screen;
  private final String main;
  private final Path temporary;

  /**
   * A demo.
   *
   * @param main the main class that runs the roles
   * @param temporary where temporary files go
   */
  public Demo(DemoScreen screen, String main, Path temporary) {
    this.screen = screen;
    this.main = main;
    this.temporary = temporary;
  }

  /**
   * Runs it. All processes have ended and all files are removed when this returns, and also when
   * the JVM is told to end before.
   *
   * @throws CheckFailed where something that the demo shows is not so
   */
  public void run() throws IOException, InterruptedException {
    try (ThrowAwayFolder folder = ThrowAwayFolder.create(temporary, "byssus-demo-");
        ClusterProcesses cluster =
            new ClusterProcesses(ProcessesConfig.usual(folder.path(), main));
        ExitCleanUp untilDone = new ExitCleanUp(cluster, folder)) {
      try {
        run(cluster, folder.path());
      } catch (RuntimeException e) {
        screen.print(cluster.logTails(LOG_LINES));
        throw e;
      }
    }
  }

  private void run(ClusterProcesses cluster, Path folder) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    Summary summary = new Summary();
    SplittableRandom random = new SplittableRandom(SEED);

    screen.step("Start Kafka, 3 control-plane members, 3 servers, 1 dispatcher: 8 processes");
    StartStep start = new StartStep(screen, summary);
    start.start(cluster, SERVERS);
    Places places = Places.load();

    try (ByssusClient client =
        ByssusClient.builder().endpoints(cluster.addresses(NodeRole.DISPATCHER)).build()) {
      start.createNamespaces(client.admin(), "places", "visits", "race");
      Namespace stored = client.namespace("places");
      Namespace visits = client.namespace("visits");

      screen.step("Load the populated places of the world (GeoNames, CC BY 4.0)");
      new LoadStep(screen, summary).load(places.inFileOrder(), stored);

      screen.step("Read every record back and compare it with the file");
      ReadBackStep readBack = new ReadBackStep(screen, summary);
      readBack.multiGetAll(places.inFileOrder(), stored);
      readBack.scanAll(places.byCountry(), stored);
      readBack.getSome(places.inFileOrder(), stored, random);

      screen.step("Ask questions: places by country and beginning of the name");
      new QuestionStep(screen, summary).ask(places, stored);

      screen.step("Let rivals change one record: conditional writes and increments");
      new RaceStep(screen, summary).run(cluster.addresses(NodeRole.DISPATCHER), "race");

      screen.step("Read the past: versions of a record");
      new VersionStep(screen, summary).run(client.admin(), client, "prices");

      screen.step("Export everything and compare it with what was loaded");
      new ExportStep(screen, summary)
          .run(places.inFileOrder(), stored, folder.resolve("places.jsonl"));

      screen.step("Kill " + VICTIM + " while 48 clients write and read");
      WriteJournal journal =
          new KillStep(screen, summary)
              .run(cluster, VICTIM, places.inFileOrder(), stored, visits, random);
      JournalStep journalStep = new JournalStep(screen, summary);
      journalStep.check(journal, visits, "with the server dead");

      screen.step("Start " + VICTIM + " again and wait until it has caught up");
      RestartStep restart = new RestartStep(screen, summary, cluster);
      restart.restart(VICTIM, client.admin(), client.session());
      journalStep.check(journal, visits, "with the server back");

      long others = places.inFileOrder().size() + RaceStep.RECORDS + VersionStep.RECORDS;
      screen.step("Compare the replicas of every shard with each other");
      restart.compareReplicas(
          client.admin(),
          client.session(),
          others + journal.acknowledgedRecords(),
          others + journal.keys().size());
    }

    screen.print("");
    summary.lines().forEach(screen::print);
    screen.print("");
    screen.print("Everything held, in " + DemoScreen.seconds(System.nanoTime() - begin) + ".");
  }
}
