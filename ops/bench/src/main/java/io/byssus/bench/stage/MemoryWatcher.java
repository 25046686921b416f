package io.byssus.bench.stage;

import io.byssus.bench.engine.NotInstalledException;
import io.byssus.bench.stage.MetricsReader.Metrics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Looks at a server's memory every few seconds, on a thread of its own: from outside, and at what
 * the server tells of itself, for people.
 */
public final class MemoryWatcher implements AutoCloseable {
  private static final double MIB = 1 << 20;

  private final long pid;
  private final MetricsReader metrics;
  private final Consumer<String> told;
  private final long begin = System.nanoTime();
  private final List<Sample> samples = new ArrayList<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "memory-watcher");
            thread.setDaemon(true);
            return thread;
          });
  private Exception failure;

  /**
   * What was seen.
   *
   * @param after the beginning
   */
  public record Sample(Duration after, ProcessMemory memory) {}

  /**
   * Looks from now on.
   *
   * @param told a line for each look
   */
  public MemoryWatcher(long pid, MetricsReader metrics, Duration period, Consumer<String> told) {
    this.pid = pid;
    this.metrics = metrics;
    this.told = told;
    clock.scheduleAtFixedRate(this::look, 0, period.toMillis(), TimeUnit.MILLISECONDS);
  }

  private synchronized void look() {
    try {
      Duration after = Duration.ofNanos(System.nanoTime() - begin);
      ProcessMemory memory = ProcessMemory.of(pid);
      samples.add(new Sample(after, memory));
      told.accept(after.toSeconds() + " s: " + line(memory, metrics.read()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | NotInstalledException | RuntimeException e) {
      failure = e;
      clock.shutdown();
    }
  }

  private static String line(ProcessMemory memory, Metrics metrics) {
    return String.format(
        Locale.ROOT,
        "%.0f MiB of memory (heap %.0f of %.0f, classes and code %.0f, direct %.0f,"
            + " block cache %.0f, memtables %.0f) and %.0f MiB of mapped files",
        memory.anonymousBytes() / MIB,
        metrics.sum("jvm_memory_used_bytes", "area=\"heap\"") / MIB,
        metrics.sum("jvm_memory_committed_bytes", "area=\"heap\"") / MIB,
        metrics.sum("jvm_memory_committed_bytes", "area=\"nonheap\"") / MIB,
        metrics.sum("jvm_buffer_memory_used_bytes", "id=\"direct\"") / MIB,
        metrics.sum("byssus_storage_block_cache_bytes", "") / MIB,
        metrics.sum("byssus_storage_memtable_bytes", "") / MIB,
        (memory.residentBytes() - memory.anonymousBytes()) / MIB);
  }

  /**
   * What was seen so far.
   *
   * @throws Exception where it could not look
   */
  public synchronized List<Sample> samples() throws Exception {
    if (failure != null) {
      throw failure;
    }
    return List.copyOf(samples);
  }

  /** Looks no more. */
  @Override
  public void close() {
    clock.shutdownNow();
  }
}
