package io.byssus.storage;

import static io.byssus.storage.LogBuilder.NAMESPACE;
import static io.byssus.storage.LogBuilder.bytes;
import static io.byssus.storage.LogBuilder.delete;
import static io.byssus.storage.LogBuilder.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.Increment;
import io.byssus.proto.log.v1.Lifetime;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Tick;
import io.byssus.proto.log.v1.Unending;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.TableProperties;

/** Records that end by the shard clock: at once for everybody who looks, later on disk. */
class ExpiryTest {
  @TempDir Path directory;
  private TestShard shard;

  @AfterEach
  void close() {
    if (shard != null) {
      shard.close();
    }
  }

  private void open(NamespaceRules.Builder rules) {
    shard = new TestShard(directory, rules);
  }

  private static Operation putFor(long millis, String value) {
    return put("", value).toBuilder().setLifetime(Lifetime.newBuilder().setTtlMs(millis)).build();
  }

  @Test
  void aRecordIsAbsentFromTheMomentOfItsExpiryByTheShardClockAlone() {
    open(TestShard.rules());
    shard.write("k", putFor(100, "x"));
    long expires = shard.log.nowMillis() + 100;
    assertEquals(expires, shard.record("k", "").get().expiresMillis());
    assertEquals(OptionalLong.of(expires), shard.shard().nextDueMillis());
    shard.tick(99);
    assertEquals("x", shard.value("k"));
    shard.tick(1);
    assertEquals(null, shard.value("k"));
    assertEquals(0, shard.remembered());
    try (ShardScan scan = shard.shard().scan(NAMESPACE, bytes("k"), SortKeyRange.ALL)) {
      assertTrue(scan.isEnd());
    }
    assertEquals(OptionalLong.empty(), shard.shard().nextDueMillis());
  }

  @Test
  void aLifetimeIsTheWritesOwnOrTheNamespaces() {
    open(TestShard.rules().setDefaultTtlMs(100));
    long at = shard.log.nowMillis() + 40;
    shard.write("default", put("", "x"));
    shard.write("longer", putFor(200, "x"));
    shard.write(
        "moment",
        put("", "x").toBuilder().setLifetime(Lifetime.newBuilder().setExpiresMs(at)).build());
    shard.write(
        "unending",
        put("", "x").toBuilder()
            .setLifetime(Lifetime.newBuilder().setUnending(Unending.getDefaultInstance()))
            .build());
    shard.tick(40);
    assertEquals(null, shard.value("moment"));
    assertEquals("x", shard.value("default"));
    shard.tick(60);
    assertEquals(null, shard.value("default"));
    assertEquals("x", shard.value("longer"));
    shard.tick(1_000_000);
    assertEquals(null, shard.value("longer"));
    assertEquals("x", shard.value("unending"));
  }

  @Test
  void anIncrementLeavesTheExpiryAsItIs() {
    open(TestShard.rules());
    shard.write("n", putFor(100, "1"));
    shard.tick(50);
    shard.write(
        "n", Operation.newBuilder().setIncrement(Increment.newBuilder().setDelta(1)).build());
    assertEquals("2", shard.value("n"));
    shard.tick(50);
    assertEquals(null, shard.value("n"));
    shard.write(
        "n", Operation.newBuilder().setIncrement(Increment.newBuilder().setDelta(1)).build());
    assertEquals("1", shard.value("n"), "an expired number counts as absent");
  }

  @Test
  void aNewValueTakesOverTheExpiryOfTheOld() {
    open(TestShard.rules());
    shard.write("k", putFor(100, "short"));
    shard.write("k", put("", "unending"));
    shard.write("gone", putFor(100, "short"));
    shard.write("gone", delete(""));
    shard.tick(100);
    shard.removeAllEnded();
    assertEquals("unending", shard.value("k"));
    assertEquals(0, shard.shard().counts().removed());
  }

  @Test
  void removalChangesNothingThatAnybodySees() {
    open(TestShard.rules().setConflictRule(ConflictRule.VERSION).setTombstoneRetentionMs(50));
    for (int i = 1; i <= 20; i++) {
      shard.write("k" + i, putFor(i * 10, "x").toBuilder().setVersion(i).build());
    }
    for (int i = 0; i < 30; i++) {
      shard.tick(10);
      long before = shard.digest();
      int remembered = shard.remembered();
      shard.shard().removeEnded();
      assertEquals(before, shard.digest());
      assertEquals(remembered, shard.remembered());
    }
    assertEquals(0, shard.remembered());
    assertEquals(40, shard.shard().counts().removed(), "each record, then each tombstone");
    assertEquals(OptionalLong.empty(), shard.shard().nextDueMillis());
  }

  @Test
  void anExpiredRecordLeavesATombstoneUnderVersion() {
    open(TestShard.rules().setConflictRule(ConflictRule.VERSION).setTombstoneRetentionMs(50));
    shard.write("k", putFor(10, "five").toBuilder().setVersion(5).build());
    shard.tick(10);
    shard.write("k", put("", "four").toBuilder().setVersion(4).build());
    assertEquals(null, shard.value("k"));
    shard.removeAllEnded();
    shard.write("k", put("", "four").toBuilder().setVersion(4).build());
    assertEquals(null, shard.value("k"));
    shard.tick(50);
    shard.write("k", put("", "four").toBuilder().setVersion(4).build());
    assertEquals("four", shard.value("k"));
  }

  @Test
  void removalGoesALittleAtATimeAndOnAfterARestart() {
    open(TestShard.rules());
    int records = 1_200;
    for (int i = 0; i < records; i++) {
      shard.log.write(shard.nextStamp(), false, "k" + i, putFor(100, "x"));
    }
    shard.replay();
    shard.tick(100);
    assertTrue(shard.shard().removeEnded());
    long removed = shard.shard().counts().removed();
    assertTrue(removed > 0 && removed <= 500, () -> "removed at once: " + removed);
    shard.restart();
    shard.removeAllEnded();
    assertEquals(records - removed, shard.shard().counts().removed());
    assertFalse(shard.shard().removeEnded());
  }

  @Test
  void applyingRemovesWhatHasEndedAsItGoes() {
    int records = 2_000;
    LogBuilder log = LogBuilder.started();
    try (NodeStorage node = NodeStorage.withoutRemoval(StorageConfig.DEFAULT);
        Shard filled = Shard.open(directory, TestShard.IDENTITY, node)) {
      for (int i = 1; i <= records; i++) {
        log.write(LogBuilder.stamp(1, i, i, log.nowMillis() + 1_000), false, "p", putAs("k" + i));
      }
      log.tick(100).append(LogRecord.newBuilder().setTick(Tick.getDefaultInstance()));
      filled.apply(log.entries());
      assertEquals(0, filled.counts().removed());
    }
    try (NodeStorage node = new NodeStorage(StorageConfig.DEFAULT, TestHooks.NONE, true);
        Shard removing = Shard.open(directory, TestShard.IDENTITY, node)) {
      int i = records;
      while (removing.counts().removed() < records) {
        i++;
        assertTrue(i < 100 * records, () -> removing.counts().removed() + " were removed");
        log.put(LogBuilder.stamp(1, i, i, log.nowMillis() + 1_000), "q", "x");
        removing.apply(log.from(removing.nextOffset()));
      }
      assertEquals(records, removing.counts().removed());
    }
  }

  private static Operation putAs(String sortKey) {
    return putFor(100, "x").toBuilder().setSortKey(bytes(sortKey)).build();
  }

  @Test
  void aFewEntriesAreTakenOutOfTheIndexWithoutARangeDeletion() throws RocksDBException {
    open(TestShard.rules());
    shard.restartWithoutCompaction();
    end(ExpiryIndex.WORTH_A_RANGE - 1);
    end(1);
    assertEquals(0, rangeDeletions());
    end(ExpiryIndex.WORTH_A_RANGE);
    assertTrue(rangeDeletions() > 0, "many are taken out by range");
  }

  /** Writes records, has them end and removes them. */
  private void end(int records) {
    for (int i = 0; i < records; i++) {
      shard.log.write(shard.nextStamp(), false, "k" + i, putFor(100, "x"));
    }
    shard.replay();
    shard.tick(100);
    long before = shard.shard().counts().removed();
    shard.removeAllEnded();
    assertEquals(records, shard.shard().counts().removed() - before);
  }

  /** The range deletions in the shard's files, once all is flushed. */
  private long rangeDeletions() throws RocksDBException {
    shard.restart();
    try (Options options = new Options();
        RocksDB db = RocksDB.openReadOnly(options, directory.toString())) {
      return db.getPropertiesOfAllTables().values().stream()
          .mapToLong(TableProperties::getNumRangeDeletions)
          .sum();
    }
  }

  @Test
  void aNodeRemovesWhatHasEndedByItself() {
    LogBuilder log = LogBuilder.started();
    try (NodeStorage node = new NodeStorage(StorageConfig.DEFAULT, TestHooks.NONE, true);
        Shard running = Shard.open(directory, TestShard.IDENTITY, node)) {
      log.write(LogBuilder.stamp(1, 1, 1, log.nowMillis() + 1_000), false, "k", putFor(10, "x"));
      log.tick(10).put(LogBuilder.stamp(1, 2, 1, log.nowMillis() + 1_000), "other", "x");
      running.apply(log.entries());
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> running.counts().removed() == 1);
    }
  }
}
