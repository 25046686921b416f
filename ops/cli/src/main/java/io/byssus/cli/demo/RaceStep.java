package io.byssus.cli.demo;

import io.byssus.client.ByssusClient;
import io.byssus.client.Condition;
import io.byssus.client.Consistency;
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import io.byssus.client.ReadOptions;
import io.byssus.client.StoredRecord;
import io.byssus.client.WriteOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Clients that know nothing of each other count in the same record, by compare-and-set: read it,
 * and write one more if nobody was faster. Then in another, by increments. Both must end with the
 * exact count.
 */
final class RaceStep {
  /** How many records it leaves. */
  static final int RECORDS = 2;

  private static final int CLIENTS = 8;
  private static final int CHANGES = 30;
  private static final Key BY_CONDITION = Key.of("race", "compare-and-set");
  private static final Key BY_INCREMENT = Key.of("race", "increment");
  private static final ReadOptions NEWEST =
      ReadOptions.defaults().withConsistency(Consistency.LINEARIZABLE);

  private final DemoScreen screen;
  private final Summary summary;
  private final AtomicLong firsts = new AtomicLong();
  private final AtomicLong attempts = new AtomicLong();
  private final Latencies compareAndSets = new Latencies();
  private final Latencies increments = new Latencies();

  RaceStep(DemoScreen screen, Summary summary) {
    this.screen = screen;
    this.summary = summary;
  }

  /** Runs both races, each runner with a client of its own. */
  void run(List<String> dispatchers, String namespace) throws InterruptedException {
    long conditionNanos = race(dispatchers, namespace, this::compareAndSets);
    long incrementNanos = race(dispatchers, namespace, this::increments);
    summary.measured(
        "compare-and-set, " + CLIENTS + " clients, one record", conditionNanos, compareAndSets);
    summary.measured("increments, " + CLIENTS + " clients, one record", incrementNanos, increments);
    try (ByssusClient client = ByssusClient.builder().endpoints(dispatchers).build()) {
      check(client.namespace(namespace));
    }
  }

  /** How long all runners took, nanoseconds. */
  private static long race(List<String> dispatchers, String namespace, Consumer<Namespace> runner)
      throws InterruptedException {
    ExecutorService runners =
        Executors.newFixedThreadPool(CLIENTS, task -> new Thread(task, "demo-race"));
    List<Future<?>> running = new ArrayList<>();
    long begin = System.nanoTime();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        running.add(
            runners.submit(
                () -> {
                  try (ByssusClient client =
                      ByssusClient.builder().endpoints(dispatchers).build()) {
                    runner.accept(client.namespace(namespace));
                  }
                }));
      }
    } finally {
      runners.shutdown();
    }
    for (Future<?> each : running) {
      try {
        each.get();
      } catch (ExecutionException e) {
        throw new CheckFailed("a runner of the race failed: " + e.getCause(), e.getCause());
      }
    }
    return System.nanoTime() - begin;
  }

  private void compareAndSets(Namespace records) {
    if (records.put(BY_CONDITION, number(0), under(Condition.absent())).tookEffect()) {
      firsts.incrementAndGet();
    }
    for (int done = 0; done < CHANGES; ) {
      done += compareAndSet(records) ? 1 : 0;
    }
  }

  private void increments(Namespace records) {
    for (int done = 0; done < CHANGES; done++) {
      long begin = System.nanoTime();
      if (!records.increment(BY_INCREMENT, 1).tookEffect()) {
        throw new CheckFailed("an increment of a number took no effect");
      }
      increments.record(System.nanoTime() - begin);
    }
  }

  /** One attempt; false where another client was faster. */
  private boolean compareAndSet(Namespace records) {
    attempts.incrementAndGet();
    long begin = System.nanoTime();
    StoredRecord seen =
        records
            .get(BY_CONDITION, NEWEST)
            .orElseThrow(() -> new CheckFailed("the record of the race is not there"));
    boolean tookEffect =
        records
            .put(
                BY_CONDITION,
                number(Long.parseLong(seen.valueUtf8()) + 1),
                under(Condition.versionEquals(seen.version())))
            .tookEffect();
    compareAndSets.record(System.nanoTime() - begin);
    return tookEffect;
  }

  private static byte[] number(long number) {
    return Long.toString(number).getBytes(StandardCharsets.UTF_8);
  }

  private static WriteOptions under(Condition condition) {
    return WriteOptions.defaults().withCondition(condition);
  }

  private void check(Namespace records) {
    String expected = Integer.toString(CLIENTS * CHANGES);
    Differences differences = new Differences();
    if (firsts.get() != 1) {
      differences.add(firsts.get() + " clients made the record, each as the first");
    }
    for (Key key : List.of(BY_CONDITION, BY_INCREMENT)) {
      String sum = records.get(key, NEWEST).map(StoredRecord::valueUtf8).orElse("absent");
      if (!sum.equals(expected)) {
        differences.add(key + " is " + sum + ", not " + expected);
      }
    }
    differences.mustBeNone("of concurrent changes under conditions none is lost or done twice");
    summary.checked("changes of one record by rivals, all counted", 2L * CLIENTS * CHANGES);
    screen.line(
        String.format(
            "%d clients counted to %s twice: by compare-and-set in %,d attempts, and by increments",
            CLIENTS, expected, attempts.get()));
  }
}
