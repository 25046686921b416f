package io.byssus.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.TextFormat;
import io.byssus.proto.log.v1.WriterStamp;
import io.byssus.testkit.Seed;
import io.byssus.wal.LogEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A shard against a plain model of it, over random logs with every kind of record: everything that
 * can be asked is asked after every piece of the log. {@code -Dmodel.runs=N} makes N logs. And
 * replicas of one log are equal: one that applied it whole, one that applied it in pieces, removed
 * what had ended at moments of its own, and crashed and came back from whatever it had flushed.
 */
class ShardModelTest {
  private static final ShardIdentity IDENTITY =
      new ShardIdentity(LogBuilder.CLUSTER, "kafka-1", "topic-1", 0);
  private static final int RUNS = Integer.getInteger("model.runs", 60);
  private static final int RECORDS = 500;

  @TempDir Path directory;
  private NodeStorage node;
  private RandomGenerator random;
  private RandomLog log;
  private ShardModel model;
  private Shard shard;

  @BeforeEach
  void open() {
    node = new NodeStorage(StorageConfig.DEFAULT, TestHooks.NONE);
  }

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void aShardIsWhatTheModelSaysAndEqualsEveryOtherReplica() throws IOException {
    Seed seed = Seed.of("ShardModelTest");
    for (int run = 0; run < RUNS; run++) {
      random = seed.part(run).random();
      log = new RandomLog(random, RECORDS);
      try {
        long pieces = replayInPieces(directory.resolve("pieces-" + run));
        assertEquals(pieces, replay(directory.resolve("whole-" + run), log.entries()));
        if (run % 10 == 0) {
          List<LogEntry> shorter = log.entries().subList(0, log.entries().size() - 1);
          assertNotEquals(
              pieces,
              replay(directory.resolve("shorter-" + run), shorter),
              "a digest that does not see the last record");
        }
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("run " + run + ": " + e.getMessage(), e);
      }
    }
  }

  private long replay(Path home, List<LogEntry> entries) throws IOException {
    Files.createDirectories(home);
    Shard whole = Shard.open(home, IDENTITY, node);
    try {
      whole.apply(entries);
      try (ShardDump dump = whole.dump()) {
        return dump.digest();
      }
    } finally {
      whole.abandon();
    }
  }

  private long replayInPieces(Path home) throws IOException {
    Files.createDirectories(home);
    model = new ShardModel();
    shard = Shard.open(home, IDENTITY, node);
    int modelled = 0;
    try {
      while (shard.nextOffset() < log.entries().size()) {
        int from = (int) shard.nextOffset();
        int to = Math.min(log.entries().size(), from + 1 + random.nextInt(40));
        shard.apply(log.entries().subList(from, to));
        for (; modelled < to; modelled++) {
          LogEntry entry = log.entries().get(modelled);
          log.records()
              .get(modelled)
              .ifPresent(record -> model.apply(record, entry.offset(), entry.appendTimeMillis()));
        }
        if (random.nextInt(3) == 0) {
          shard.removeEnded();
        }
        if (to == modelled) {
          check(to);
        }
        if (random.nextInt(5) == 0) {
          shard.flush();
        }
        if (random.nextInt(8) == 0) {
          shard.abandon();
          shard = Shard.open(home, IDENTITY, node);
        }
      }
      try (ShardDump dump = shard.dump()) {
        assertEquals(modelDump(), contentOf(dump));
        return dump.digest();
      }
    } finally {
      shard.close();
      new IndexCheck(home, node).run();
    }
  }

  private void check(int applied) {
    assertEquals(model.clock, shard.clockMillis());
    assertEquals(model.rules.keySet(), shard.namespaces());
    OptionalLong nextDue = shard.nextDueMillis();
    model.nextDue().ifPresent(moment -> assertTrue(nextDue.orElseThrow() <= moment));
    nextDue.ifPresent(moment -> assertTrue(moment > shard.clockMillis()));
    for (WriterStamp stamp : log.stamps()) {
      if (random.nextInt(10) == 0) {
        assertEquals(model.outcome(stamp), shard.outcome(stamp), () -> applied + ": " + stamp);
      }
    }
    for (int namespace = 1; namespace <= RandomLog.NAMESPACES; namespace++) {
      TreeMap<RecordKey, StoredRecord> live = new TreeMap<>(ShardModel.ORDER);
      model
          .records
          .getOrDefault(namespace, new TreeMap<>(ShardModel.ORDER))
          .forEach((key, record) -> currentOf(record).ifPresent(now -> live.put(key, now)));
      for (ByteString partition : RandomLog.PARTITIONS) {
        for (ByteString sortKey : RandomLog.SORT_KEYS) {
          RecordKey key = new RecordKey(partition, sortKey);
          assertEquals(
              Optional.ofNullable(live.get(key)), shard.get(namespace, partition, sortKey));
          checkVersions(namespace, key);
        }
        checkScan(namespace, partition, live);
      }
      checkNamespaceScan(namespace, live);
    }
  }

  private static Optional<StoredRecord> currentOf(ModelRecord record) {
    return record
        .current()
        .map(now -> new StoredRecord(record.currentVersion(), now.expires(), now.value()));
  }

  private void checkVersions(int namespace, RecordKey key) {
    ModelRecord record =
        model
            .records
            .getOrDefault(namespace, new TreeMap<>(ShardModel.ORDER))
            .getOrDefault(key, new ModelRecord());
    List<StoredVersion> all = versionsOf(record);
    long at = someVersion(all);
    assertEquals(
        record.upTo(at).map(ModelRecord.Version::value),
        shard.get(namespace, key.partitionKey(), key.sortKey(), at).map(StoredRecord::value));
    long from = random.nextBoolean() ? 0 : someVersion(all);
    long to = random.nextBoolean() ? 0 : someVersion(all);
    boolean oldestFirst = random.nextBoolean();
    int limit = 1 + random.nextInt(5);
    List<StoredVersion> expected = new ArrayList<>(all);
    expected.removeIf(
        version ->
            Long.compareUnsigned(version.version(), from) < 0
                || to != 0 && Long.compareUnsigned(version.version(), to) > 0);
    if (oldestFirst) {
      Collections.reverse(expected);
    }
    boolean end = expected.size() <= limit;
    assertEquals(
        new VersionList(end ? expected : expected.subList(0, limit), end),
        shard.listVersions(
            namespace,
            key.partitionKey(),
            key.sortKey(),
            new VersionRange(from, to, oldestFirst, limit, Long.MAX_VALUE)));
  }

  private long someVersion(List<StoredVersion> all) {
    return all.isEmpty()
        ? random.nextLong()
        : all.get(random.nextInt(all.size())).version() + random.nextInt(-1, 2);
  }

  private static List<StoredVersion> versionsOf(ModelRecord record) {
    List<StoredVersion> versions = new ArrayList<>();
    record
        .versions
        .descendingMap()
        .forEach(
            (number, version) ->
                versions.add(
                    version.value() == null
                        ? new StoredVersion(number, true, 0, ByteString.EMPTY)
                        : new StoredVersion(number, false, version.expires(), version.value())));
    return versions;
  }

  private void checkScan(
      int namespace, ByteString partition, TreeMap<RecordKey, StoredRecord> live) {
    ByteString start = RandomLog.SORT_KEYS.get(random.nextInt(RandomLog.SORT_KEYS.size()));
    boolean afterStart = random.nextBoolean();
    Optional<ByteString> end =
        Optional.of(RandomLog.SORT_KEYS.get(random.nextInt(RandomLog.SORT_KEYS.size())))
            .filter(key -> random.nextBoolean());
    boolean reverse = random.nextBoolean();
    List<Map.Entry<RecordKey, StoredRecord>> expected = new ArrayList<>();
    var order = ByteString.unsignedLexicographicalComparator();
    for (Map.Entry<RecordKey, StoredRecord> entry : live.entrySet()) {
      ByteString sortKey = entry.getKey().sortKey();
      if (entry.getKey().partitionKey().equals(partition)
          && order.compare(sortKey, start) >= (afterStart ? 1 : 0)
          && (end.isEmpty() || order.compare(sortKey, end.get()) < 0)) {
        expected.add(Map.entry(entry.getKey(), entry.getValue()));
      }
    }
    if (reverse) {
      Collections.reverse(expected);
    }
    try (ShardScan scan =
        shard.scan(namespace, partition, new SortKeyRange(start, afterStart, end, reverse))) {
      assertEquals(expected, rest(scan));
    }
  }

  private void checkNamespaceScan(int namespace, TreeMap<RecordKey, StoredRecord> live) {
    Optional<RecordKey> after =
        Optional.of(
                new RecordKey(
                    RandomLog.PARTITIONS.get(random.nextInt(RandomLog.PARTITIONS.size())),
                    RandomLog.SORT_KEYS.get(random.nextInt(RandomLog.SORT_KEYS.size()))))
            .filter(key -> random.nextBoolean());
    List<Map.Entry<RecordKey, StoredRecord>> expected = new ArrayList<>();
    after
        .map(key -> live.tailMap(key, false))
        .orElse(live)
        .forEach((key, record) -> expected.add(Map.entry(key, record)));
    try (ShardScan scan = shard.scanNamespace(namespace, after)) {
      assertEquals(expected, rest(scan));
    }
  }

  private static List<Map.Entry<RecordKey, StoredRecord>> rest(ShardScan scan) {
    List<Map.Entry<RecordKey, StoredRecord>> found = new ArrayList<>();
    for (; !scan.isEnd(); scan.next()) {
      if (scan.isRecord()) {
        found.add(Map.entry(scan.key(), scan.record()));
      }
    }
    return found;
  }

  private List<String> modelDump() {
    List<String> content = new ArrayList<>();
    model.records.forEach(
        (namespace, all) ->
            all.forEach(
                (key, record) ->
                    versionsOf(record)
                        .forEach(version -> content.add(line(namespace, key, version)))));
    return content;
  }

  private static List<String> contentOf(ShardDump dump) {
    List<String> content = new ArrayList<>();
    for (; dump.isValid(); dump.next()) {
      content.add(line(dump.namespaceId(), dump.key(), dump.version()));
    }
    return content;
  }

  private static String line(int namespace, RecordKey key, StoredVersion version) {
    return String.join(
        " ",
        Integer.toString(namespace),
        TextFormat.escapeBytes(key.partitionKey()),
        TextFormat.escapeBytes(key.sortKey()),
        Long.toString(version.version()),
        version.deleted()
            ? "deleted"
            : TextFormat.escapeBytes(version.value()) + " until " + version.expiresMillis());
  }
}
