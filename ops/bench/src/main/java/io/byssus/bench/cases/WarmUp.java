package io.byssus.bench.cases;

import io.byssus.bench.load.ClosedLoop;
import io.byssus.bench.load.Operation;
import io.byssus.bench.stage.Stage;
import io.byssus.client.Consistency;
import io.byssus.client.StreamedWriter;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Reads of all kinds, streamed writes and echoes, until the processes' compilers have done most of
 * their work: without it the first cases would measure the compilers.
 */
public final class WarmUp {
  private static final int KEYS = 100;
  private static final int PERCENT = 100;

  /** More than in most cases, so that streamed writes go by many. */
  private static final int IN_FLIGHT = 256;

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
    try (StreamedWriter writer = stage.emptyNamespace().writer()) {
      Operation write =
          Streamed.puts(
              writer,
              stage.records(),
              () -> ThreadLocalRandom.current().nextLong(stage.records().count()));
      Operation any =
          done -> {
            int percent = ThreadLocalRandom.current().nextInt(PERCENT);
            Operation next =
                percent < 30
                    ? echo
                    : percent < 50
                        ? dispatched
                        : percent < 58
                            ? linearizable
                            : percent < 75 ? direct : percent < 76 ? multiGet : write;
            next.begin(done);
          };
      new ClosedLoop(any, IN_FLIGHT).run(length);
    }
  }
}
