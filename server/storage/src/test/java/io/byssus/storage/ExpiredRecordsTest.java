package io.byssus.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.proto.log.v1.Lifetime;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Tick;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A scan across many expired records, before and after they are removed, with writes going on.
 * Measures with {@code -Dexpired.records=1000000}: a second before, ten milliseconds after.
 */
class ExpiredRecordsTest {
  private static final int RECORDS = Integer.getInteger("expired.records", 20_000);
  private static final int BATCH = 100;
  private static final long LIFE_MILLIS = 1_000;
  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
  private static final Duration LIMIT = Duration.ofSeconds(120 + RECORDS / 1_000);

  @TempDir Path directory;
  private final LogBuilder log = LogBuilder.started();
  private long sequence;

  private void write(int from, boolean ending) {
    Operation[] operations = new Operation[BATCH];
    for (int i = 0; i < BATCH; i++) {
      Operation.Builder put =
          LogBuilder.put(String.format("%08d", from + i), "value ".repeat(16)).toBuilder();
      if (ending) {
        // Not all at one moment, and not in the order of their keys.
        long life = LIFE_MILLIS + (from + i) * 31L % 1_000;
        put.setLifetime(Lifetime.newBuilder().setTtlMs(life));
      }
      operations[i] = put.build();
    }
    sequence++;
    log.write(
        LogBuilder.stamp(1, sequence, sequence, log.nowMillis() + 300_000),
        false,
        ending ? "p" : "q",
        operations);
  }

  private void replay(Shard shard) {
    shard.apply(log.from(shard.nextOffset()));
  }

  /** How long a scan across the expired records takes, CPU time: other work must not count. */
  private static long scanMillis(Shard shard) {
    long begin = System.nanoTime();
    long cpu = CPU.getCurrentThreadCpuTime();
    try (ShardScan scan =
        shard.scan(LogBuilder.NAMESPACE, LogBuilder.bytes("p"), SortKeyRange.ALL)) {
      assertFalse(scan.isValid());
    }
    long millis = (CPU.getCurrentThreadCpuTime() - cpu) / 1_000_000;
    System.out.printf("scan: %d ms of CPU, %d ms in all%n", millis, since(begin));
    return millis;
  }

  @Test
  void aScanAcrossExpiredRecordsIsQuickAndRemovalDoesNotHoldUpApplying() {
    // Removal begins when the second node opens the shard.
    long begin = System.nanoTime();
    try (NodeStorage node = new NodeStorage(StorageConfig.DEFAULT, TestHooks.NONE);
        Shard shard = Shard.open(directory, TestShard.IDENTITY, node)) {
      for (int from = 0; from < RECORDS; from += BATCH) {
        write(from, true);
        if (from % (BATCH * 100) == 0) {
          replay(shard);
        }
      }
      replay(shard);
      System.out.printf("%d records written in %d ms%n", RECORDS, since(begin));
      log.tick(2 * LIFE_MILLIS).append(LogRecord.newBuilder().setTick(Tick.getDefaultInstance()));
      replay(shard);
      System.out.println("before removal");
      long before = scanMillis(shard);
      assertTrue(before <= 1_000 * Math.max(1, RECORDS / 1_000_000), () -> before + " ms");
    }
    try (NodeStorage node = new NodeStorage(StorageConfig.DEFAULT, TestHooks.NONE, true);
        Shard shard = Shard.open(directory, TestShard.IDENTITY, node)) {
      long removing = System.nanoTime();
      List<Long> applies = new ArrayList<>();
      for (int from = 0; shard.counts().removed() < RECORDS; from += BATCH) {
        assertTrue(
            since(removing) < LIMIT.toMillis(), () -> shard.counts().removed() + " were removed");
        write(from, false);
        long applying = System.nanoTime();
        replay(shard);
        applies.add((System.nanoTime() - applying) / 1_000);
      }
      applies.sort(null);
      System.out.printf(
          "removed in %d ms; meanwhile %d applies of %d writes: median %d us, 99 %% %d us%n",
          since(removing),
          applies.size(),
          BATCH,
          applies.get(applies.size() / 2),
          applies.get(applies.size() * 99 / 100));
      assertEquals(RECORDS, shard.counts().removed());
      Awaitility.await()
          .atMost(LIMIT)
          .until(
              () -> {
                System.out.println("after removal");
                return scanMillis(shard) <= 10;
              });
      System.out.println("quick again " + since(removing) + " ms after removal began");
    }
  }

  private static long since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos).toMillis();
  }
}
