package io.byssus.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

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
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How many writes a second one streamed writer gets acknowledged, with Kafka, control plane,
 * server, dispatcher and client in this one JVM. Measures with {@code -Dbench.writes=500000};
 * asserts what is written, not how fast.
 */
class StreamedWritesTest {
  private static final int WRITES = Integer.getInteger("bench.writes", 10_000);
  private static final int ROUNDS = 5;
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
      for (int round = 0; round < ROUNDS; round++) {
        System.out.printf(
            Locale.ROOT, "%,d streamed writes: %,.0f/s%n", WRITES, writesPerSecond(namespace));
      }
      assertEquals(WRITES, records(namespace));
    }
  }

  private static double writesPerSecond(Namespace namespace) {
    byte[] value = new byte[VALUE_BYTES];
    new Random(1).nextBytes(value);
    LongAdder acknowledged = new LongAdder();
    AtomicReference<Throwable> failed = new AtomicReference<>();
    long began = System.nanoTime();
    try (StreamedWriter writer = namespace.writer()) {
      for (int i = 0; i < WRITES; i++) {
        writer.put(
            Key.of(String.format(Locale.ROOT, "%016d", i)),
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
