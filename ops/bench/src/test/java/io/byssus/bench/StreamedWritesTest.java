package io.byssus.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.sun.management.OperatingSystemMXBean;
import io.byssus.client.ByssusClient;
import io.byssus.client.Consistency;
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import io.byssus.client.OperationOptions;
import io.byssus.client.ReadOptions;
import io.byssus.client.ScanAll;
import io.byssus.client.ScanAllCursor;
import io.byssus.client.StoredRecord;
import io.byssus.client.StreamedWriter;
import io.byssus.cluster.LocalCluster;
import io.byssus.cluster.LocalClusterConfig;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How many writes a second one streamed writer gets acknowledged, and what a write costs all
 * together, with Kafka, control plane, server, dispatcher and client in this one JVM. Measures with
 * {@code -Dbench.writes=300000 -Dbench.rounds=25}; asserts what is written, not how fast.
 *
 * <p>For the first four or five million writes the JVM's compilers take more of two cores than the
 * writes do: only the last rounds tell what a process costs that has been up for minutes.
 */
class StreamedWritesTest {
  private static final int WRITES = Integer.getInteger("bench.writes", 10_000);
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 5);
  private static final int VALUE_BYTES = 100;

  @TempDir Path directory;

  @Test
  void everyStreamedWriteIsAcknowledgedAndThere() throws Exception {
    LocalClusterConfig shape =
        new LocalClusterConfig(directory, OptionalInt.of(1), OptionalInt.of(16), 0);
    try (LocalCluster cluster = LocalCluster.start(shape);
        ByssusClient client = ByssusClient.connect(cluster.endpoint())) {
      client.admin().createNamespace("streamed");
      Namespace namespace = client.namespace("streamed");
      List<Key> keys =
          IntStream.range(0, WRITES)
              .mapToObj(i -> Key.of(String.format(Locale.ROOT, "%016d", i)))
              .toList();
      for (int round = 0; round < ROUNDS; round++) {
        measure(namespace, keys);
      }
      assertEquals(WRITES, records(namespace));
    }
  }

  private static void measure(Namespace namespace, List<Key> keys) {
    long cpuBefore = cpuNanos();
    double writesPerSecond = writesPerSecond(namespace, keys);
    System.out.printf(
        Locale.ROOT,
        "%,d streamed writes: %,.0f/s, %.1f us of CPU each%n",
        WRITES,
        writesPerSecond,
        (cpuNanos() - cpuBefore) / 1e3 / WRITES);
  }

  /** What all threads of this process have used, those of the JVM included. */
  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static double writesPerSecond(Namespace namespace, List<Key> keys) {
    byte[] value = new byte[VALUE_BYTES];
    new Random(1).nextBytes(value);
    LongAdder acknowledged = new LongAdder();
    AtomicReference<Throwable> failed = new AtomicReference<>();
    long began = System.nanoTime();
    try (StreamedWriter writer = namespace.writer()) {
      for (Key key : keys) {
        writer.put(
            key,
            value,
            OperationOptions.defaults(),
            (result, failure) -> {
              if (failure == null) {
                acknowledged.increment();
              } else {
                failed.set(failure);
              }
            });
      }
      writer.flush();
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    assertNull(failed.get());
    assertEquals(WRITES, acknowledged.sum());
    return WRITES / seconds;
  }

  private static int records(Namespace namespace) {
    int records = 0;
    ReadOptions seeing = ReadOptions.defaults().withConsistency(Consistency.SESSION);
    try (ScanAllCursor all = namespace.scanAll(ScanAll.defaults(), seeing)) {
      for (StoredRecord record : all) {
        assertEquals(VALUE_BYTES, record.value().length);
        records++;
      }
    }
    return records;
  }
}
