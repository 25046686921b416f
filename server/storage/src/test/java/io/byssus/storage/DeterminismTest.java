package io.byssus.storage;

import static io.byssus.storage.LogBuilder.delete;
import static io.byssus.storage.LogBuilder.put;
import static io.byssus.storage.LogBuilder.rules;
import static io.byssus.storage.LogBuilder.stamp;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.byssus.proto.log.v1.IncarnationStart;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceConfig;
import io.byssus.testkit.Seed;
import io.byssus.wal.LogEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two replicas that have applied the same log are equal, however the log came to them in pieces and
 * wherever they crashed: a crash leaves what was flushed last.
 */
class DeterminismTest {
  private static final ShardIdentity IDENTITY =
      new ShardIdentity(LogBuilder.CLUSTER, "kafka-1", "topic-1", 0);
  private static final int RUNS = 25;
  private static final int RECORDS = 400;

  @TempDir Path directory;
  private NodeStorage node;

  @BeforeEach
  void open() {
    node = new NodeStorage(StorageConfig.DEFAULT, TestHooks.NONE);
  }

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void replicasOfOneLogAreEqualHoweverItCameAndWhereverTheyCrashed() throws IOException {
    RandomGenerator random = Seed.of("DeterminismTest").random();
    for (int run = 0; run < RUNS; run++) {
      List<LogEntry> log = randomLog(random).entries();
      long whole = digestOf(directory.resolve(run + "-whole"), log, random, false);
      long pieces = digestOf(directory.resolve(run + "-crashing"), log, random, true);
      assertEquals(whole, pieces, "run " + run);
      long shorter =
          digestOf(
              directory.resolve(run + "-shorter"), log.subList(0, log.size() - 1), random, false);
      assertNotEquals(whole, shorter, "a digest that does not see the last record");
    }
  }

  private long digestOf(Path home, List<LogEntry> log, RandomGenerator random, boolean crashing)
      throws IOException {
    Files.createDirectories(home);
    Shard shard = Shard.open(home, IDENTITY, node);
    try {
      while (shard.nextOffset() < log.size()) {
        int from = (int) shard.nextOffset();
        int to = crashing ? Math.min(log.size(), from + 1 + random.nextInt(40)) : log.size();
        shard.apply(log.subList(from, to));
        if (crashing && random.nextInt(3) == 0) {
          shard.flush();
        }
        if (crashing && random.nextInt(4) == 0) {
          shard.abandon();
          shard = Shard.open(home, IDENTITY, node);
        }
      }
      try (ShardDump dump = shard.dump()) {
        return dump.digest();
      }
    } finally {
      shard.close();
    }
  }

  /** A log with every kind of record, copies, closed and late writes, and rubbish. */
  private static LogBuilder randomLog(RandomGenerator random) {
    LogBuilder log = LogBuilder.started();
    long[] sequences = new long[4];
    for (int i = 0; i < RECORDS; i++) {
      log.tick(random.nextInt(random.nextInt(50) == 0 ? 20_000 : 50));
      switch (random.nextInt(20)) {
        case 0 -> {
          byte[] rubbish = new byte[random.nextInt(30)];
          // A first byte of 7 is no field of any message.
          Arrays.fill(rubbish, (byte) 7);
          log.appendRaw(rubbish);
        }
        case 1 ->
            log.append(
                LogRecord.newBuilder()
                    .setNamespaceId(LogBuilder.NAMESPACE)
                    .setNamespaceRules(rules(LogBuilder.NAMESPACE, 1 + random.nextInt(3)))
                    .setNamespaceConfig(NamespaceConfig.getDefaultInstance()));
        case 2 -> {
          if (random.nextInt(20) == 0) {
            log.append(
                LogRecord.newBuilder()
                    .setIncarnationStart(
                        IncarnationStart.newBuilder()
                            .setClusterId(LogBuilder.CLUSTER)
                            .setIncarnation(1 + i)));
          }
        }
        default -> randomWrite(log, random, sequences);
      }
    }
    log.put(stamp(9, 1, 1, log.nowMillis() + 1_000), "last", "x");
    return log;
  }

  private static void randomWrite(LogBuilder log, RandomGenerator random, long[] sequences) {
    int writer = random.nextInt(sequences.length);
    long sequence =
        random.nextInt(4) > 0
            ? ++sequences[writer]
            : Math.max(1, sequences[writer] - random.nextInt(5));
    sequences[writer] = Math.max(sequences[writer], sequence);
    long lowestOpen = Math.max(1, sequence - random.nextInt(6));
    long acceptUntil = log.nowMillis() + random.nextInt(-200, 20_000);
    String key = "k" + random.nextInt(5);
    String sortKey = "s" + random.nextInt(3);
    log.write(
        stamp(writer, sequence, lowestOpen, acceptUntil),
        random.nextBoolean(),
        key,
        random.nextInt(4) == 0 ? delete(sortKey) : put(sortKey, "v" + random.nextInt()));
  }
}
