package io.byssus.bench.growth;

import io.byssus.bench.engine.Running;
import io.byssus.bench.load.OpenLoop;
import io.byssus.bench.stage.SpreadRecords;
import io.byssus.client.OperationOptions;
import io.byssus.client.StreamedWriter;
import io.byssus.client.WriterOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * Writes by streams that move through the namespaces: each stream writes a burst into one and ends,
 * while the next one writes already. With one namespace it is the same, so that they compare.
 */
final class SpreadWrites implements Running {
  /** As much as one streamed writer has open at most, unless it is told otherwise. */
  private static final int MAX_OPEN = 16_384;

  private static final long MAX_OPEN_BYTES = 64L << 20;
  private static final int BURST = 500;
  private static final Duration WRITE_LIMIT = Duration.ofMinutes(1);
  private static final long END_LIMIT_SECONDS = 90;

  private final SpreadRecords records;
  private final Semaphore room;
  private final long keysOfNamespace;
  private final ExecutorService ending =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "ending-streams"));
  private StreamedWriter writer;
  private long written;

  SpreadWrites(SpreadRecords records) {
    this.records = records;
    long fitting = MAX_OPEN_BYTES / records.records().valueBytes();
    this.room = new Semaphore((int) Math.max(1, Math.min(MAX_OPEN, fitting)));
    // No record twice in a burst: the second write would wait for the first.
    int namespaces = records.spreading().namespaces();
    this.keysOfNamespace = Math.max(BURST, records.records().count() / namespaces);
  }

  /**
   * Writes as fast as it goes, waits until all are acknowledged, and then until all can be read.
   *
   * @return writes a second, until the last was visible
   */
  @Override
  public double measure(Duration length) throws Exception {
    AtomicReference<Throwable> failed = new AtomicReference<>();
    long before = written;
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < length.toNanos() && failed.get() == null) {
      write(
          failure -> {
            if (failure != null) {
              failed.compareAndSet(null, failure);
            }
          });
    }
    finish();
    if (failed.get() != null) {
      throw new IllegalStateException("a write failed", failed.get());
    }
    return (written - before) / ((System.nanoTime() - begin) / 1e9);
  }

  @Override
  public Optional<Histogram> latencies(double perSecond, Duration length) throws Exception {
    Histogram latencies = new OpenLoop(this::write, perSecond, MAX_OPEN).run(length);
    finish();
    return Optional.of(latencies);
  }

  private void write(Consumer<Throwable> done) throws InterruptedException, TimeoutException {
    long burst = written / BURST;
    int namespaces = records.spreading().namespaces();
    long namespace = burst % namespaces;
    if (written % BURST == 0) {
      endStream();
    }
    if (writer == null) {
      writer =
          records
              .throughDispatcher(namespace)
              .writer(WriterOptions.defaults().withDeadline(WRITE_LIMIT));
    }
    long key = (burst / namespaces * BURST + written % BURST) % keysOfNamespace;
    long number = namespace + key * namespaces;
    if (!room.tryAcquire(WRITE_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new TimeoutException("writes do not end: none made room in " + WRITE_LIMIT);
    }
    written++;
    writer.put(
        records.key(number),
        records.records().value(number),
        OperationOptions.defaults(),
        (result, failure) -> {
          room.release();
          done.accept(failure);
        });
  }

  private void finish() throws Exception {
    endStream();
    ending.submit(() -> {}).get(END_LIMIT_SECONDS, TimeUnit.SECONDS);
    records.awaitVisible();
  }

  private void endStream() {
    if (writer != null) {
      ending.execute(writer::close);
      writer = null;
    }
  }

  @Override
  public void close() throws InterruptedException {
    endStream();
    ending.shutdown();
    if (!ending.awaitTermination(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
      ending.shutdownNow();
    }
  }
}
