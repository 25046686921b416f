package io.byssus.bench.cases;

import io.byssus.bench.ceilings.StreamsClient;
import io.byssus.bench.engine.Contender;
import io.byssus.bench.stage.ReadyProcess;
import io.byssus.bench.stage.Stage;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Kafka Streams with the same records, as a peer: what a Kafka user would do instead. */
final class InteractiveQueries {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

  private InteractiveQueries() {}

  static Contender get(Stage stage) {
    return new Contender(
        "Kafka Streams interactive query",
        () -> {
          ReadyProcess server = stage.startStreams();
          StreamsClient client = new StreamsClient(Integer.parseInt(server.told()));
          return new Loads(
              done -> client.get(stage.records().anyKey(ThreadLocalRandom.current()), done),
              1,
              Loads.IN_FLIGHT,
              () -> {
                client.close();
                server.stop(STOP_LIMIT);
              });
        });
  }
}
