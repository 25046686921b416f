package io.byssus.bench.cases;

import io.byssus.bench.ceilings.BarePassage;
import io.byssus.bench.engine.BenchCase;
import io.byssus.bench.engine.BenchCase.Ceiling;
import io.byssus.bench.engine.Contender;
import io.byssus.bench.engine.Running;
import io.byssus.bench.engine.Target;
import io.byssus.bench.load.OpenLoop;
import io.byssus.bench.load.Operation;
import io.byssus.bench.load.Records;
import io.byssus.bench.stage.Stage;
import io.byssus.client.Acknowledgement;
import io.byssus.client.Namespace;
import io.byssus.client.StreamedWriter;
import io.byssus.client.WriterOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * How long after a write a replica has it, at half of the highest load of {@link Writes}. One write
 * in a hundred waits until it is applied, and tells; the load are the others, which are answered
 * when they are logged, as in that case.
 */
final class Visibility {
  private static final Duration PROBE = Duration.ofSeconds(2);
  private static final Duration WRITE_LIMIT = Duration.ofMinutes(1);
  private static final int P99 = 99;
  private static final double TELLING = 0.01;

  /** A streamed writer's window. */
  private static final int MOST_IN_FLIGHT = 16_384;

  private static final double NANOS_OF_MICRO = 1_000;

  private final Stage stage;

  /** The load of both contenders, writes a second; found by the subject, which is opened first. */
  private double perSecond;

  private Visibility(Stage stage) {
    this.stage = stage;
  }

  static List<BenchCase> on(Stage stage) {
    Visibility visibility = new Visibility(stage);
    return List.of(
        new BenchCase(
            "write-to-visible",
            "p99 from when a write was due to visible at a replica, at half of write-stream's load",
            "µs",
            new Contender("WriteStream, one in 100 APPLIED", visibility::writes),
            List.of(
                new Ceiling(
                    new Contender("bare produce and consume", visibility::passage),
                    Target.atMost(3)))));
  }

  private Running writes() throws Exception {
    Namespace namespace = stage.emptyNamespace();
    Records records = stage.records();
    try (Streamed probe = new Streamed(namespace, records)) {
      probe.run(PROBE);
      perSecond = probe.run(PROBE) / 2;
    }
    StreamedWriter telling = writer(namespace, Acknowledgement.APPLIED);
    StreamedWriter others = writer(namespace, Acknowledgement.LOGGED);
    AtomicLong next = new AtomicLong();
    LongSupplier numbers = () -> next.getAndIncrement() % records.count();
    Operation tellingWrites = Streamed.puts(telling, records, numbers);
    Operation otherWrites = Streamed.puts(others, records, numbers);
    return Running.of(
        length -> p99OfTelling(tellingWrites, otherWrites, length),
        () -> {
          telling.close();
          others.close();
        });
  }

  private static StreamedWriter writer(Namespace namespace, Acknowledgement acknowledgement) {
    return namespace.writer(
        WriterOptions.defaults().withAcknowledgement(acknowledgement).withDeadline(WRITE_LIMIT));
  }

  private double p99OfTelling(Operation telling, Operation others, Duration length)
      throws Exception {
    FutureTask<Histogram> load =
        new FutureTask<>(
            () -> new OpenLoop(others, perSecond * (1 - TELLING), MOST_IN_FLIGHT).run(length));
    new Thread(load, "bench-load").start();
    Histogram told = new OpenLoop(telling, perSecond * TELLING, MOST_IN_FLIGHT).run(length);
    load.get();
    return micros(told);
  }

  private Running passage() throws Exception {
    BarePassage passage = new BarePassage(stage.newLog("bench-passage"));
    AtomicLong next = new AtomicLong();
    return Running.of(
        length ->
            micros(
                new OpenLoop(
                        done -> passage.send(stage.records().value(next.getAndIncrement()), done),
                        perSecond,
                        MOST_IN_FLIGHT)
                    .run(length)),
        passage);
  }

  private static double micros(Histogram latencies) {
    return latencies.getValueAtPercentile(P99) / NANOS_OF_MICRO;
  }
}
