package io.byssus.bench.cases;

import io.byssus.bench.engine.Running;
import io.byssus.bench.load.ClosedLoop;
import io.byssus.bench.load.Operation;
import io.byssus.bench.stage.Stage;
import io.byssus.client.Consistency;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Streamed writes, whole scans, and reads of all kinds together with echoes, until the processes'
 * compilers have done most of their work: without it the first cases would measure the compilers.
 */
public final class WarmUp {
  private static final int KEYS = 100;
  private static final int PERCENT = 100;
  private static final int WRITES_PERCENT = 42;
  private static final int SCANS_PERCENT = 8;

  /** More than in most cases, so that what comes together goes together. */
  private static final int IN_FLIGHT = 128;

  private WarmUp() {}

  /** Warms up what stands on a stage with records. */
  public static void run(Stage stage, Duration length) throws Exception {
    stage.tell("warming up for " + length.toSeconds() + " s");
    Duration writes = length.multipliedBy(WRITES_PERCENT).dividedBy(PERCENT);
    try (Streamed streamed = new Streamed(stage.emptyNamespace(), stage.records())) {
      streamed.run(writes);
    }
    Duration scans = length.multipliedBy(SCANS_PERCENT).dividedBy(PERCENT);
    try (Running scan = Scans.direct(stage).opening().open()) {
      scan.measure(scans);
    }
    new ClosedLoop(reads(stage), IN_FLIGHT).run(length.minus(writes).minus(scans));
  }

  private static Operation reads(Stage stage) throws Exception {
    Operation echo = Echoes.call(stage.echo());
    Operation dispatched =
        Reads.gets(stage.throughDispatcher(), stage.records(), Consistency.EVENTUAL);
    Operation linearizable =
        Reads.gets(stage.throughDispatcher(), stage.records(), Consistency.LINEARIZABLE);
    Operation direct = Reads.gets(stage.direct(), stage.records(), Consistency.EVENTUAL);
    Operation multiGet = Reads.multiGets(stage.direct(), stage.records(), KEYS);
    return done -> {
      int percent = ThreadLocalRandom.current().nextInt(PERCENT);
      Operation next =
          percent < 35
              ? echo
              : percent < 70
                  ? dispatched
                  : percent < 80 ? linearizable : percent < 99 ? direct : multiGet;
      next.begin(done);
    };
  }
}
