package io.byssus.cli.demo;

import io.byssus.client.Consistency;
import io.byssus.client.Key;
import io.byssus.client.MultiGetResult;
import io.byssus.client.Namespace;
import io.byssus.client.ReadOptions;
import io.byssus.client.Scan;
import io.byssus.client.ScanCursor;
import io.byssus.client.StoredRecord;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** Reads every record back in three ways, and compares each with its row. */
final class ReadBackStep {
  private static final int KEYS_PER_CALL = 500;
  private static final int CALLS_IN_FLIGHT = 8;
  private static final int GETS = 20_000;
  private static final int GETS_IN_FLIGHT = 64;
  private static final ReadOptions OWN_WRITES =
      ReadOptions.defaults().withConsistency(Consistency.SESSION);

  private final DemoScreen screen;
  private final Summary summary;

  ReadBackStep(DemoScreen screen, Summary summary) {
    this.screen = screen;
    this.summary = summary;
  }

  /** Every row by its key, many keys per call. */
  void multiGetAll(List<Row> rows, Namespace namespace) throws InterruptedException {
    Latencies latencies = new Latencies();
    Differences differences = new Differences();
    AtomicLong compared = new AtomicLong();
    Flight flight = new Flight(CALLS_IN_FLIGHT, latencies);
    long begin = System.nanoTime();
    for (int from = 0; from < rows.size(); from += KEYS_PER_CALL) {
      List<Row> some = rows.subList(from, Math.min(from + KEYS_PER_CALL, rows.size()));
      List<Key> keys = some.stream().map(Row::key).toList();
      flight.launch(
          () -> namespace.multiGetAsync(keys, OWN_WRITES),
          answer -> {
            Differences found = compare(some, answer);
            synchronized (differences) {
              differences.addAll(found);
            }
            screen.progress(
                compared.addAndGet(some.size()), rows.size(), System.nanoTime() - begin);
          });
    }
    flight.land();
    long nanos = System.nanoTime() - begin;
    differences.mustBeNone("every record equals its row of the file");
    summary.measured(
        "records read, " + KEYS_PER_CALL + " per call", compared.get(), nanos, latencies);
    summary.checked("records that equal their row of the file", compared.get());
    screen.line(String.format("%,d records equal their rows", compared.get()));
  }

  /** The differences between rows and what was answered for their keys, in the same order. */
  static Differences compare(List<Row> rows, MultiGetResult answer) {
    Differences differences = new Differences();
    if (answer.results().size() != rows.size()) {
      differences.add(answer.results().size() + " answers for " + rows.size() + " keys");
      return differences;
    }
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      Row read = answer.results().get(i).record().map(Row::of).orElse(null);
      if (read == null) {
        differences.add(row + " is missing");
      } else if (!read.equals(row)) {
        differences.add(read + " is " + read.valueUtf8() + ", not " + row.valueUtf8());
      }
    }
    return differences;
  }

  /** Every country from its first record to its last: nothing missing, nothing more, in order. */
  void scanAll(Map<String, List<Row>> byCountry, Namespace namespace) {
    Latencies latencies = new Latencies();
    long records = 0;
    long begin = System.nanoTime();
    for (Map.Entry<String, List<Row>> country : byCountry.entrySet()) {
      long scanBegin = System.nanoTime();
      try (ScanCursor cursor = namespace.scan(Scan.of(country.getKey()), OWN_WRITES)) {
        OrderedCheck.compare(country.getValue(), cursor.stream().map(Row::of)::iterator)
            .mustBeNone("a scan of " + country.getKey() + " gives its rows, in order, and no more");
      }
      latencies.record(System.nanoTime() - scanBegin);
      records += country.getValue().size();
    }
    long nanos = System.nanoTime() - begin;
    summary.measured("records scanned, country by country", records, nanos, latencies);
    summary.checked("countries complete and in order, by scan", byCountry.size());
    screen.line(String.format("%,d records of %,d countries in order", records, byCountry.size()));
  }

  /** Some records one by one, for the latency of a read. */
  void getSome(List<Row> rows, Namespace namespace, RandomGenerator random)
      throws InterruptedException {
    Latencies latencies = new Latencies();
    Differences differences = new Differences();
    Flight flight = new Flight(GETS_IN_FLIGHT, latencies);
    long begin = System.nanoTime();
    for (int i = 0; i < GETS; i++) {
      Row row = rows.get(random.nextInt(rows.size()));
      flight.launch(
          () -> namespace.getAsync(row.key()),
          answer -> {
            if (!answer.map(Row::of).map(row::equals).orElse(false)) {
              synchronized (differences) {
                differences.add(row + " is " + answer.map(StoredRecord::valueUtf8));
              }
            }
          });
    }
    flight.land();
    long nanos = System.nanoTime() - begin;
    differences.mustBeNone("a record read alone equals its row");
    summary.measured("reads, " + GETS_IN_FLIGHT + " in flight", nanos, latencies);
    summary.checked("single reads that equal their row", latencies.count());
  }
}
