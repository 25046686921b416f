package io.byssus.bench.cases;

import io.byssus.bench.load.ClosedLoop;
import io.byssus.bench.load.Operation;
import io.byssus.bench.stage.Stage;
import io.byssus.client.Consistency;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Reads of all kinds, and echoes, until the processes' compilers have done most of their work:
 * without it the first cases would measure the compilers.
 */
public final class WarmUp {
  private static final int KEYS = 100;
  private static final int PERCENT = 100;

  private WarmUp() {}

  /** Warms up what stands on a stage with records; not at all where the length is zero. */
  public static void run(Stage stage, Duration length) throws Exception {
    if (length.isZero()) {
      return;
    }
    stage.tell("warming up for " + length.toSeconds() + " s");
    Operation echo = Echoes.call(stage.echo());
    Operation dispatched =
        Reads.gets(stage.throughDispatcher(), stage.records(), Consistency.EVENTUAL);
    Operation linearizable =
        Reads.gets(stage.throughDispatcher(), stage.records(), Consistency.LINEARIZABLE);
    Operation direct = Reads.gets(stage.direct(), stage.records(), Consistency.EVENTUAL);
    Operation multiGet = Reads.multiGets(stage.direct(), stage.records(), KEYS);
    Operation any =
        done -> {
          int percent = ThreadLocalRandom.current().nextInt(PERCENT);
          Operation next =
              percent < 40
                  ? echo
                  : percent < 70
                      ? dispatched
                      : percent < 80 ? linearizable : percent < 99 ? direct : multiGet;
          next.begin(done);
        };
    new ClosedLoop(any, Loads.IN_FLIGHT).run(length);
  }
}
