package io.byssus.storage;

import static io.byssus.storage.LogBuilder.NAMESPACE;
import static io.byssus.storage.LogBuilder.bytes;
import static io.byssus.storage.LogBuilder.put;
import static io.byssus.storage.LogBuilder.rules;
import static io.byssus.storage.LogBuilder.stamp;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.byssus.model.Position;
import io.byssus.proto.log.v1.IncarnationStart;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceConfig;
import io.byssus.proto.log.v1.Write;
import io.byssus.wal.HaltReason;
import io.byssus.wal.LogEntry;
import io.byssus.wal.ReplayHaltedException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a shard makes of a log that holds something else than good writes. */
class ShardReplayTest {
  private static final long SOON = LogBuilder.EPOCH_MILLIS + 300_000;

  @TempDir Path directory;
  private NodeStorage node;
  private Shard shard;
  private LogBuilder log;

  @BeforeEach
  void open() {
    node = new NodeStorage(StorageConfig.DEFAULT, TestHooks.NONE);
    shard = Shard.open(directory, TestShard.IDENTITY, node);
    log = LogBuilder.started();
  }

  @AfterEach
  void close() {
    shard.close();
    node.close();
  }

  private void restart() {
    shard.close();
    shard = Shard.open(directory, TestShard.IDENTITY, node);
  }

  private void replay() {
    shard.apply(log.from(shard.nextOffset()));
  }

  private HaltReason haltOf(Runnable replay) {
    return assertThrows(ReplayHaltedException.class, replay::run).reason();
  }

  private String value(String partitionKey, String sortKey) {
    return shard
        .get(NAMESPACE, bytes(partitionKey), bytes(sortKey))
        .map(record -> record.value().toStringUtf8())
        .orElse(null);
  }

  @Test
  void bytesThatAreNoRecordAreSteppedOverAndKept() {
    log.put(stamp(1, 1, 1, SOON), "user", "before");
    long bad = log.appendRaw("\u0007 not a record".getBytes(StandardCharsets.UTF_8));
    log.appendRaw(new byte[0]);
    log.appendRaw(null);
    log.put(stamp(1, 2, 1, SOON), "user", "after");
    replay();
    assertEquals("after", value("user", ""));
    assertEquals(3, shard.counts().undecodable());
    assertEquals(3, shard.deadLetters());
    DeadLetter letter = shard.oldestDeadLetters().get(0);
    assertEquals(bad, letter.offset());
    assertArrayEquals("\u0007 not a record".getBytes(StandardCharsets.UTF_8), letter.bytes());
    assertFalse(letter.why().isEmpty());

    shard.deadLetterCopied(bad);
    assertEquals(2, shard.oldestDeadLetters().size());
    log.put(stamp(1, 3, 1, SOON), "user", "more");
    replay();
    restart();
    assertEquals(2, shard.deadLetters());
  }

  @Test
  void aWriteThatBreaksTheLimitsIsNoRecord() {
    log.write(stamp(1, 1, 1, SOON), false, "user", put("a", "1"), put("a", "2"));
    log.write(stamp(1, 2000, 1, SOON), false, "user", put("a", "3"));
    log.write(stamp(1, 0, 0, SOON), false, "user", put("a", "4"));
    log.write(stamp(1, 3, 1, SOON), false, "", put("a", "5"));
    log.write(stamp(1, 4, 1, SOON), false, "user");
    replay();
    assertEquals(5, shard.counts().undecodable());
    assertEquals(Optional.empty(), shard.get(NAMESPACE, bytes("user"), bytes("a")));
  }

  @Test
  void aNewerFormatHaltsAndWhatCameBeforeIsApplied() {
    log.put(stamp(1, 1, 1, SOON), "user", "before");
    log.append(LogRecord.newBuilder().setFormatVersion(2));
    log.put(stamp(1, 2, 1, SOON), "user", "after");
    assertEquals(HaltReason.NEWER_FORMAT, haltOf(this::replay));
    assertEquals("before", value("user", ""));
    assertEquals(2, shard.nextOffset());
  }

  @Test
  void aKindOfRecordThatIsNotKnownHalts() {
    log.append(LogRecord.newBuilder().setNamespaceId(NAMESPACE));
    assertEquals(HaltReason.NEWER_FORMAT, haltOf(this::replay));
  }

  @Test
  void aFieldThatIsNotKnownHalts() throws Exception {
    byte[] known =
        LogRecord.newBuilder()
            .setFormatVersion(1)
            .setNamespaceConfig(NamespaceConfig.getDefaultInstance())
            .setNamespaceRules(rules(NAMESPACE, 1))
            .build()
            .toByteArray();
    byte[] withField = Arrays.copyOf(known, known.length + 3);
    withField[known.length] = (byte) 0xF8; // field 31, a number
    withField[known.length + 1] = 0x01;
    withField[known.length + 2] = 0x05;
    log.appendRaw(withField);
    assertEquals(HaltReason.NEWER_FORMAT, haltOf(this::replay));
  }

  @Test
  void aLogOfAnotherClusterIsNotFollowed() {
    LogBuilder other = new LogBuilder();
    other.append(
        LogRecord.newBuilder()
            .setIncarnationStart(
                IncarnationStart.newBuilder().setClusterId("other").setIncarnation(1)));
    assertEquals(HaltReason.LOG_NOT_OURS, haltOf(() -> shard.apply(other.entries())));
    LogBuilder headless = new LogBuilder();
    headless.put(stamp(1, 1, 1, SOON), "user", "x");
    assertEquals(HaltReason.LOG_NOT_OURS, haltOf(() -> shard.apply(headless.entries())));
    assertEquals(0, shard.nextOffset());
  }

  @Test
  void aLogThatSkipsAnOffsetOrGoesBackInHistoryHalts() {
    log.put(stamp(1, 1, 1, SOON), "user", "x");
    replay();
    LogEntry next = new LogEntry(3, 0, log.nowMillis(), new byte[] {1});
    assertEquals(HaltReason.LOG_GAP, haltOf(() -> shard.apply(List.of(next))));

    log.leaderEpoch(5).put(stamp(1, 2, 1, SOON), "user", "y");
    replay();
    log.leaderEpoch(4).put(stamp(1, 3, 1, SOON), "user", "z");
    assertEquals(HaltReason.EPOCH_CONTRADICTED, haltOf(this::replay));
    assertEquals("y", value("user", ""));
  }

  @Test
  void aWriteWhoseRulesTheLogHasNotBroughtHalts() {
    log.append(
        LogRecord.newBuilder()
            .setNamespaceId(NAMESPACE)
            .setRulesVersion(1)
            .setStamp(stamp(1, 1, 1, SOON))
            .setWrite(
                Write.newBuilder().setPartitionKey(bytes("user")).addOperations(put("", "x"))));
    assertEquals(HaltReason.RULES_MISSING, haltOf(this::replay));
  }

  @Test
  void rulesTravelAheadOfTheirWriteWhateverBecomesOfIt() {
    log.put(stamp(1, 1, 1, log.nowMillis() - 1), "user", "too late");
    log.append(
        LogRecord.newBuilder()
            .setNamespaceId(NAMESPACE)
            .setRulesVersion(1)
            .setStamp(stamp(1, 2, 1, SOON))
            .setWrite(
                Write.newBuilder().setPartitionKey(bytes("user")).addOperations(put("", "x"))));
    replay();
    assertEquals(1, shard.counts().expired());
    assertEquals("x", value("user", ""));
  }

  @Test
  void aNewIncarnationMakesLaterPositions() {
    log.put(stamp(1, 1, 1, SOON), "user", "x");
    log.append(
        LogRecord.newBuilder()
            .setIncarnationStart(
                IncarnationStart.newBuilder().setClusterId(LogBuilder.CLUSTER).setIncarnation(4)));
    long offset = log.put(stamp(1, 2, 1, SOON), "user", "y");
    replay();
    assertEquals(4, shard.incarnation());
    assertEquals(Position.pack(4, offset), shard.appliedPosition());
  }
}
