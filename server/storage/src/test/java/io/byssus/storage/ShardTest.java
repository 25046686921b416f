package io.byssus.storage;

import static io.byssus.storage.LogBuilder.NAMESPACE;
import static io.byssus.storage.LogBuilder.bytes;
import static io.byssus.storage.LogBuilder.delete;
import static io.byssus.storage.LogBuilder.put;
import static io.byssus.storage.LogBuilder.rules;
import static io.byssus.storage.LogBuilder.stamp;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.byssus.model.Position;
import io.byssus.proto.internal.v1.OutcomeKind;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceConfig;
import io.byssus.wal.HaltReason;
import io.byssus.wal.ReplayHaltedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a shard's readers see of what is written, and that it lasts. */
class ShardTest {
  private static final ShardIdentity IDENTITY =
      new ShardIdentity(LogBuilder.CLUSTER, "kafka-1", "topic-1", 3);
  private static final long SOON = LogBuilder.EPOCH_MILLIS + 300_000;

  @TempDir Path directory;
  private NodeStorage node;
  private Shard shard;
  private LogBuilder log;

  @BeforeEach
  void open() {
    node = new NodeStorage(StorageConfig.DEFAULT, TestHooks.NONE);
    shard = Shard.open(directory, IDENTITY, node);
    log = LogBuilder.started();
  }

  @AfterEach
  void close() {
    shard.close();
    node.close();
  }

  private void replay() {
    shard.apply(log.from(shard.nextOffset()));
  }

  private String value(String partitionKey, String sortKey) {
    return shard
        .get(NAMESPACE, bytes(partitionKey), bytes(sortKey))
        .map(record -> record.value().toStringUtf8())
        .orElse(null);
  }

  @Test
  void aWriteIsReadBackWithItsPositionAsVersion() {
    long offset = log.put(stamp(1, 1, 1, SOON), "user", "hello");
    replay();
    assertEquals("hello", value("user", ""));
    assertEquals(
        Position.pack(1, offset),
        shard.get(NAMESPACE, bytes("user"), ByteString.EMPTY).get().version());
    assertEquals(Position.pack(1, offset), shard.appliedPosition());
    assertEquals(shard.appliedPosition(), shard.ceilingPosition());
  }

  @Test
  void aBatchTakesEffectAsAWhole() {
    log.write(stamp(1, 1, 1, SOON), false, "user", put("a", "1"), put("b", "2"));
    log.write(stamp(1, 2, 1, SOON), false, "user", put("c", "3"), delete("a"));
    replay();
    assertEquals(null, value("user", "a"));
    assertEquals("2", value("user", "b"));
    assertEquals("3", value("user", "c"));
  }

  @Test
  void aSecondCopyOfAWriteChangesNothing() {
    long first = log.put(stamp(1, 1, 1, SOON), "user", "one");
    log.put(stamp(1, 2, 1, SOON), "user", "two");
    log.put(stamp(1, 1, 1, SOON), "user", "one");
    replay();
    assertEquals("two", value("user", ""));
    assertEquals(1, shard.counts().duplicates());
    assertEquals(Position.pack(1, first), shard.outcome(stamp(1, 1, 1, SOON)).getVersion());
  }

  @Test
  void aWriteThatItsWriterHasClosedComesTooLate() {
    log.put(stamp(1, 2, 2, SOON), "user", "two");
    log.put(stamp(1, 1, 1, SOON), "user", "one");
    replay();
    assertEquals("two", value("user", ""));
    assertEquals(1, shard.counts().belowFloor());
  }

  @Test
  void aCopyAfterItsAcceptUntilComesTooLate() {
    log.put(stamp(1, 1, 1, log.nowMillis()), "user", "in time");
    log.tick(1).put(stamp(1, 2, 1, log.nowMillis() - 1), "user", "too late");
    replay();
    assertEquals("in time", value("user", ""));
    assertEquals(1, shard.counts().expired());
  }

  @Test
  void theShardClockFollowsTheBrokerAtMostAMinuteAheadOfTheWriter() {
    log.tick(120_000);
    log.append(
        LogRecord.newBuilder()
            .setNamespaceId(NAMESPACE)
            .setRulesVersion(1)
            .setNamespaceRules(rules(NAMESPACE, 1))
            .setNamespaceConfig(NamespaceConfig.getDefaultInstance())
            .setWriterTimeMs(LogBuilder.EPOCH_MILLIS));
    replay();
    assertEquals(LogBuilder.EPOCH_MILLIS + 60_000, shard.clockMillis());
    log.put(stamp(1, 1, 1, log.nowMillis() + 1), "user", "x");
    replay();
    assertEquals(log.nowMillis(), shard.clockMillis());
  }

  @Test
  void outcomesAreKeptOnlyWhereAskedForAndUntilTheWriterClosesThem() {
    log.write(stamp(1, 1, 1, SOON), true, "user", put("", "one"));
    log.write(stamp(1, 2, 1, SOON), false, "user", put("", "two"));
    replay();
    assertEquals(OutcomeKind.OUTCOME_APPLIED, shard.outcome(stamp(1, 1, 1, SOON)).getKind());
    assertTrue(shard.outcome(stamp(1, 1, 1, SOON)).getVersion() > 0);
    assertEquals(OutcomeKind.OUTCOME_APPLIED, shard.outcome(stamp(1, 2, 1, SOON)).getKind());
    assertEquals(0, shard.outcome(stamp(1, 2, 1, SOON)).getVersion());
    assertEquals(OutcomeKind.OUTCOME_NOT_APPLIED, shard.outcome(stamp(1, 3, 1, SOON)).getKind());

    log.write(stamp(1, 2000, 1999, SOON), false, "user", put("", "much later"));
    replay();
    assertEquals(
        OutcomeKind.OUTCOME_KIND_UNSPECIFIED, shard.outcome(stamp(1, 1, 1, SOON)).getKind());
  }

  @Test
  void afterItsLastAcceptUntilAWriterIsForgotten() {
    log.put(stamp(1, 5, 5, log.nowMillis() + 10), "user", "five");
    log.tick(11);
    log.put(stamp(2, 1, 1, SOON), "other", "x");
    replay();
    assertEquals(OutcomeKind.OUTCOME_KIND_UNSPECIFIED, shard.outcome(stamp(1, 5, 5, 0)).getKind());
    // The same writer with a lower number: a new life of the same id, not a copy.
    log.put(stamp(1, 1, 1, SOON), "user", "one");
    replay();
    assertEquals("one", value("user", ""));
  }

  @Test
  void everythingSurvivesARestart() {
    log.put(stamp(1, 1, 1, SOON), "user", "hello");
    replay();
    long position = shard.appliedPosition();
    shard.close();
    shard = Shard.open(directory, IDENTITY, node);
    assertEquals(position, shard.appliedPosition());
    assertEquals("hello", value("user", ""));
    log.put(stamp(1, 1, 1, SOON), "user", "again");
    replay();
    assertEquals("hello", value("user", ""), "the writer's window must survive");
  }

  @Test
  void scansGiveOnePartitionKeysRecordsInTheOrderOfTheirBytes() {
    log.write(
        stamp(1, 1, 1, SOON),
        false,
        "DE",
        put("Köln", "1"),
        put("Kölm", "2"),
        put("北京", "3"),
        put("", "0"));
    log.write(stamp(1, 2, 1, SOON), false, "D", put("EZ", "other partition"));
    log.write(stamp(1, 3, 1, SOON), false, "DEX", put("A", "other partition"));
    replay();
    assertEquals(List.of("", "Kölm", "Köln", "北京"), scan("DE", "", false, ""));
    assertEquals(List.of("Köln", "北京"), scan("DE", "Kölm", true, ""));
    assertEquals(List.of("Kölm", "Köln"), scan("DE", "K", false, "L"));
    assertEquals(List.of(), scan("nobody", "", false, ""));
  }

  private List<String> scan(String partitionKey, String start, boolean afterStart, String end) {
    List<String> found = new ArrayList<>();
    try (ShardScan scan =
        shard.scan(
            NAMESPACE,
            bytes(partitionKey),
            new SortKeyRange(
                bytes(start),
                afterStart,
                Optional.of(bytes(end)).filter(last -> !last.isEmpty()),
                false))) {
      for (; !scan.isEnd(); scan.next()) {
        found.add(scan.sortKey().toStringUtf8());
      }
    }
    return found;
  }

  @Test
  void dataOfAnotherLogIsNotOpened() {
    shard.close();
    ShardIdentity other = new ShardIdentity(LogBuilder.CLUSTER, "kafka-2", "topic-1", 3);
    ReplayHaltedException halt =
        assertThrows(ReplayHaltedException.class, () -> Shard.open(directory, other, node));
    assertEquals(HaltReason.LOG_NOT_OURS, halt.reason());
    shard = Shard.open(directory, IDENTITY, node);
  }

  @Test
  void aDumpStandsStillWhileTheShardGoesOn() {
    log.put(stamp(1, 1, 1, SOON), "a", "1");
    replay();
    long position = shard.appliedPosition();
    try (ShardDump dump = shard.dump()) {
      log.put(stamp(1, 2, 1, SOON), "b", "2");
      replay();
      assertEquals(position, dump.position());
      assertEquals("a", dump.key().partitionKey().toStringUtf8());
      assertEquals(NAMESPACE, dump.namespaceId());
      dump.next();
      assertFalse(dump.isValid());
    }
  }

  @Test
  void closingWaitsForReadsThatAreUnderWay() throws Exception {
    log.put(stamp(1, 1, 1, SOON), "a", "1");
    replay();
    ShardScan scan = shard.scan(NAMESPACE, bytes("a"), SortKeyRange.ALL);
    Thread closer = new Thread(shard::close);
    closer.start();
    while (closer.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertTrue(scan.isRecord());
    scan.close();
    closer.join(10_000);
    assertFalse(closer.isAlive());
  }
}
