package io.byssus.bench;

import com.google.protobuf.ByteString;
import io.byssus.model.Limits;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.IncarnationStart;
import io.byssus.proto.log.v1.Lifetime;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Tick;
import io.byssus.proto.log.v1.Write;
import io.byssus.proto.log.v1.WriterStamp;
import io.byssus.storage.NodeStorage;
import io.byssus.storage.Shard;
import io.byssus.storage.ShardIdentity;
import io.byssus.storage.ShardScan;
import io.byssus.storage.SortKeyRange;
import io.byssus.storage.StorageConfig;
import io.byssus.wal.LogEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A shard of records under one partition key, all of which expire at one moment but the last. A
 * scan then has to cross all of them to find it: as long as they are on disk, where they stay until
 * {@link #beginRemoval}.
 */
final class ExpiringShard implements AutoCloseable {
  private static final int NAMESPACE = 1;
  private static final ByteString PARTITION_KEY = ByteString.copyFromUtf8("p");
  private static final ByteString OTHER_PARTITION_KEY = ByteString.copyFromUtf8("q");
  private static final long BEGIN_MILLIS = 1_800_000_000_000L;
  private static final long EXPIRES_MILLIS = BEGIN_MILLIS + 3_600_000;
  private static final int OPERATIONS_PER_WRITE = 500;
  private static final int ENTRIES_AT_ONCE = 20;
  private static final String CLUSTER = "bench";

  private final Path directory;
  private NodeStorage node = NodeStorage.withoutRemoval(StorageConfig.DEFAULT);
  private Shard shard;
  private long offset;
  private long sequence;
  private long others;
  private long nowMillis = BEGIN_MILLIS;

  ExpiringShard(Path directory, ByteString value, int records) {
    this.directory = directory;
    this.shard = open();
    shard.apply(
        List.of(
            entry(
                record()
                    .setIncarnationStart(
                        IncarnationStart.newBuilder().setClusterId(CLUSTER).setIncarnation(1)))));
    List<LogEntry> entries = new ArrayList<>();
    for (int first = 0; first < records; first += OPERATIONS_PER_WRITE) {
      entries.add(write(value, first, Math.min(records, first + OPERATIONS_PER_WRITE)));
      if (entries.size() == ENTRIES_AT_ONCE) {
        shard.apply(entries);
        entries.clear();
      }
    }
    entries.add(survivor(value));
    shard.apply(entries);
  }

  private Shard open() {
    return Shard.open(directory, new ShardIdentity(CLUSTER, "kafka", "topic", 0), node);
  }

  private LogEntry write(ByteString value, int from, int to) {
    Write.Builder write = Write.newBuilder().setPartitionKey(PARTITION_KEY);
    for (int i = from; i < to; i++) {
      write.addOperations(
          Operation.newBuilder()
              .setSortKey(ByteString.copyFromUtf8(String.format(Locale.ROOT, "%012d", i)))
              .setPut(value)
              .setLifetime(Lifetime.newBuilder().setExpiresMs(EXPIRES_MILLIS)));
    }
    return entry(stamped().setWrite(write));
  }

  /** Applies a write of some records that do not expire, under another partition key. */
  void writeOthers(ByteString value, int records) {
    Write.Builder write = Write.newBuilder().setPartitionKey(OTHER_PARTITION_KEY);
    for (int i = 0; i < records; i++) {
      write.addOperations(
          Operation.newBuilder()
              .setSortKey(ByteString.copyFromUtf8(String.format(Locale.ROOT, "%012d", others++)))
              .setPut(value));
    }
    shard.apply(List.of(entry(stamped().setWrite(write))));
  }

  private LogEntry survivor(ByteString value) {
    return entry(
        stamped()
            .setWrite(
                Write.newBuilder()
                    .setPartitionKey(PARTITION_KEY)
                    .addOperations(
                        Operation.newBuilder()
                            .setSortKey(ByteString.copyFromUtf8("z"))
                            .setPut(value))));
  }

  /** Lets the shard clock pass the moment at which the records expire. */
  void expire() {
    nowMillis = EXPIRES_MILLIS;
    shard.apply(List.of(entry(record().setTick(Tick.getDefaultInstance()))));
  }

  /** How many records of the partition key there are to see. */
  int scan() {
    int records = 0;
    try (ShardScan scan = shard.scan(NAMESPACE, PARTITION_KEY, SortKeyRange.ALL)) {
      for (; !scan.isEnd(); scan.next()) {
        records += scan.isRecord() ? 1 : 0;
      }
    }
    return records;
  }

  /**
   * Opens the shard anew, from now on as a server has it: what has expired is taken off the disk.
   */
  void beginRemoval() {
    close();
    node = new NodeStorage(StorageConfig.DEFAULT);
    shard = open();
  }

  /** How many expired records have been taken off the disk. */
  long removed() {
    return shard.counts().removed();
  }

  private LogRecord.Builder stamped() {
    sequence++;
    return record()
        .setNamespaceId(NAMESPACE)
        .setRulesVersion(1)
        .setNamespaceRules(
            NamespaceRules.newBuilder()
                .setNamespaceId(NAMESPACE)
                .setVersion(1)
                .setName("bench")
                .setConflictRule(ConflictRule.LOG_ORDER))
        .setStamp(
            WriterStamp.newBuilder()
                .setWriterHigh(1)
                .setSequence(sequence)
                .setLowestOpen(sequence)
                .setAcceptUntilMs(nowMillis + 3_600_000));
  }

  private LogRecord.Builder record() {
    return LogRecord.newBuilder()
        .setFormatVersion(Limits.LOG_FORMAT_VERSION)
        .setWriterTimeMs(nowMillis);
  }

  private LogEntry entry(LogRecord.Builder record) {
    return new LogEntry(offset++, 0, nowMillis, record.build().toByteArray());
  }

  @Override
  public void close() {
    shard.close();
    node.close();
  }
}
