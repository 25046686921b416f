package io.byssus.cli.demo;

import io.byssus.client.ByssusClientException;
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import io.byssus.cluster.ClusterProcesses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGenerator.SplittableGenerator;

/**
 * Kills a server while clients write and read. The writers number their writes of each record and
 * keep a {@link WriteJournal}; the readers know what they must see. Reads must all succeed, before
 * the kill and after it; writes may fail, and then are not counted as acknowledged.
 */
final class KillStep {
  private static final int WRITERS = 32;
  private static final int READERS = 16;
  private static final int RECORDS_PER_WRITER = 50;
  private static final Duration BEFORE = Duration.ofSeconds(3);
  private static final Duration AFTER = Duration.ofSeconds(5);

  private final DemoScreen screen;
  private final Summary summary;
  private final WriteJournal journal = new WriteJournal();
  private final Differences wrongReads = new Differences();
  private final AtomicLong failedWrites = new AtomicLong();
  private final Latencies writes = new Latencies();
  private final Latencies readsBefore = new Latencies();
  private final Latencies readsAfter = new Latencies();
  private volatile boolean killed;
  private volatile boolean ended;

  KillStep(DemoScreen screen, Summary summary) {
    this.screen = screen;
    this.summary = summary;
  }

  /** Runs the load with the kill in its midst; returns when the load has ended. */
  WriteJournal run(
      ClusterProcesses cluster,
      String victim,
      List<Row> rows,
      Namespace places,
      Namespace visits,
      SplittableGenerator random)
      throws InterruptedException {
    ExecutorService clients =
        Executors.newFixedThreadPool(WRITERS + READERS, task -> new Thread(task, "demo-load"));
    List<Future<?>> running = new ArrayList<>();
    long begin = System.nanoTime();
    long killedAt;
    try {
      for (int writer = 0; writer < WRITERS; writer++) {
        List<Row> own =
            rows.subList(writer * RECORDS_PER_WRITER, (writer + 1) * RECORDS_PER_WRITER);
        running.add(clients.submit(() -> write(own, visits)));
      }
      for (int reader = 0; reader < READERS; reader++) {
        RandomGenerator choice = random.split();
        running.add(clients.submit(() -> read(rows, places, choice)));
      }
      TimeUnit.NANOSECONDS.sleep(BEFORE.toNanos());
      cluster.process(victim).kill();
      killed = true;
      killedAt = System.nanoTime();
      screen.line("SIGKILL to " + victim + "; " + writes.count() + " writes were acknowledged");
      TimeUnit.NANOSECONDS.sleep(AFTER.toNanos());
    } finally {
      ended = true;
      clients.shutdown();
    }
    join(running);
    tell(killedAt - begin, System.nanoTime() - begin);
    return journal;
  }

  private void tell(long nanosBefore, long nanos) {
    wrongReads.mustBeNone("every read under load succeeds and gives its row");
    if (readsAfter.count() == 0) {
      throw new CheckFailed("no read was answered after the kill");
    }
    summary.measured("writes, " + WRITERS + " clients, one server killed", nanos, writes);
    summary.measured("reads, " + READERS + " clients, before the kill", nanosBefore, readsBefore);
    summary.measured("reads, after the kill", nanos - nanosBefore, readsAfter);
    summary.checked(
        "reads under load that equal their row", readsBefore.count() + readsAfter.count());
    screen.line(
        String.format(
            "%,d reads after the kill, none failed, the slowest took %s; %,d writes were"
                + " acknowledged in all, %,d refused",
            readsAfter.count(), readsAfter.longest(), writes.count(), failedWrites.get()));
  }

  private void write(List<Row> own, Namespace visits) {
    for (int i = 0; !ended; i++) {
      Key key = own.get(i % own.size()).key();
      long number = journal.issue(key);
      long begin = System.nanoTime();
      try {
        visits.put(key, Long.toString(number));
        writes.record(System.nanoTime() - begin);
        journal.acknowledged(key, number);
      } catch (ByssusClientException e) {
        // Not acknowledged: the journal has it as issued, whatever became of it.
        failedWrites.incrementAndGet();
      }
    }
  }

  private void read(List<Row> rows, Namespace places, RandomGenerator choice) {
    while (!ended) {
      Row row = rows.get(choice.nextInt(rows.size()));
      Latencies phase = killed ? readsAfter : readsBefore;
      long begin = System.nanoTime();
      try {
        boolean equal = places.get(row.key()).map(Row::of).map(row::equals).orElse(false);
        phase.record(System.nanoTime() - begin);
        if (!equal) {
          note(row + " is absent or another");
        }
      } catch (ByssusClientException e) {
        note(row + " cannot be read: " + e.getMessage());
      }
    }
  }

  private void note(String problem) {
    synchronized (wrongReads) {
      wrongReads.add(problem);
    }
  }

  private static void join(List<Future<?>> running) throws InterruptedException {
    for (Future<?> client : running) {
      try {
        client.get();
      } catch (ExecutionException e) {
        throw new CheckFailed("a client of the load failed: " + e.getCause(), e.getCause());
      }
    }
  }
}
