package io.byssus.bench.cases;

import io.byssus.bench.ceilings.BareLog;
import io.byssus.bench.ceilings.BareProducer;
import io.byssus.bench.ceilings.BareReplay;
import io.byssus.bench.engine.BenchCase;
import io.byssus.bench.engine.BenchCase.Ceiling;
import io.byssus.bench.engine.Contender;
import io.byssus.bench.engine.Running;
import io.byssus.bench.engine.Target;
import io.byssus.bench.load.Records;
import io.byssus.bench.stage.Stage;
import java.util.List;

/** Writes by a stream, while the replica replays them. */
final class Writes {
  private Writes() {}

  static List<BenchCase> on(Stage stage) {
    return List.of(
        new BenchCase(
            "write-stream",
            "WriteStream, LOGGED, replay running, until visible at a replica",
            "writes/s",
            new Contender("WriteStream", () -> streamed(stage)),
            List.of(
                new Ceiling(replay(stage), Target.atLeast(0.35)),
                new Ceiling(producer(stage), Target.atLeast(0.15)),
                new Ceiling(Echoes.stream(stage), Target.none()))));
  }

  private static Running streamed(Stage stage) throws Exception {
    Streamed streamed = new Streamed(stage.emptyNamespace(), stage.records());
    return Running.of(streamed::run, streamed);
  }

  private static Contender replay(Stage stage) {
    return new Contender(
            "bare poll and apply",
            () -> {
              Records records = stage.records();
              BareLog log = stage.newLog("bench-replay");
              try (BareProducer producer = new BareProducer(log)) {
                producer.send(records.count(), records::key, records::value);
              }
              BareReplay replay =
                  new BareReplay(
                      log,
                      records.count(),
                      stage.newFolder("replay"),
                      stage.cacheBytes(),
                      stage.memtableBytes());
              return Running.of(replay::run, replay);
            })
        .with(References.REPLAY);
  }

  private static Contender producer(Stage stage) {
    return new Contender(
            "bare producer",
            () -> {
              Records records = stage.records();
              BareProducer producer = new BareProducer(stage.newLog("bench-producer"));
              return Running.of(
                  length -> producer.run(length, records::key, records::value), producer);
            })
        .with(References.PRODUCER);
  }
}
