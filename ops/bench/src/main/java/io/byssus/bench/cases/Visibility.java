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
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import io.byssus.client.OperationOptions;
import io.byssus.client.StreamedWriter;
import io.byssus.client.WriterOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** How long after a write a replica has it, at half of the highest load of {@link Writes}. */
final class Visibility {
  private static final Duration PROBE = Duration.ofSeconds(2);
  private static final Duration WRITE_LIMIT = Duration.ofMinutes(1);
  private static final int P99 = 99;

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
            new Contender("WriteStream, APPLIED", visibility::writes),
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
    StreamedWriter writer =
        namespace.writer(
            WriterOptions.defaults()
                .withAcknowledgement(Acknowledgement.APPLIED)
                .withDeadline(WRITE_LIMIT));
    AtomicLong next = new AtomicLong();
    Operation write =
        done -> {
          long number = next.getAndIncrement() % records.count();
          writer.put(
              Key.of(records.key(number)),
              records.value(number),
              OperationOptions.defaults(),
              (result, failure) -> done.accept(failure));
        };
    return new P99s(write, writer);
  }

  private Running passage() throws Exception {
    BarePassage passage = new BarePassage(stage.newLog("bench-passage"));
    AtomicLong next = new AtomicLong();
    return new P99s(
        done -> passage.send(stage.records().value(next.getAndIncrement()), done), passage);
  }

  private final class P99s implements Running {
    private final Operation operation;
    private final AutoCloseable closing;

    P99s(Operation operation, AutoCloseable closing) {
      this.operation = operation;
      this.closing = closing;
    }

    @Override
    public double measure(Duration length) throws Exception {
      return new OpenLoop(operation, perSecond, MOST_IN_FLIGHT)
              .run(length)
              .getValueAtPercentile(P99)
          / NANOS_OF_MICRO;
    }

    @Override
    public void close() throws Exception {
      closing.close();
    }
  }
}
