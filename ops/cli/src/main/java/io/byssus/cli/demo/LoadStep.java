package io.byssus.cli.demo;

import io.byssus.client.Namespace;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Writes every row, each as a write of its own, many in flight. */
final class LoadStep {
  private static final int IN_FLIGHT = 256;

  private final DemoScreen screen;
  private final Summary summary;

  LoadStep(DemoScreen screen, Summary summary) {
    this.screen = screen;
    this.summary = summary;
  }

  /** Returns when every write is acknowledged. */
  void load(List<Row> rows, Namespace namespace) throws InterruptedException {
    Latencies latencies = new Latencies();
    AtomicLong done = new AtomicLong();
    Flight flight = new Flight(IN_FLIGHT, latencies);
    long begin = System.nanoTime();
    for (Row row : rows) {
      flight.launch(
          () -> namespace.putAsync(row.key(), row.value()),
          result ->
              screen.progress(done.incrementAndGet(), rows.size(), System.nanoTime() - begin));
    }
    flight.land();
    long nanos = System.nanoTime() - begin;
    summary.measured("writes acknowledged, " + IN_FLIGHT + " in flight", nanos, latencies);
    screen.line(
        String.format("%,d acknowledged, ", done.get())
            + DemoScreen.rate(done.get(), nanos)
            + ", p99 "
            + latencies.percentile(99));
  }
}
