package io.byssus.bench;

import com.google.protobuf.ByteString;
import io.byssus.bench.inner.ShardLog;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.Lifetime;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Tick;
import io.byssus.proto.log.v1.Write;
import io.byssus.storage.NodeStorage;
import io.byssus.storage.Shard;
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
  private static final NamespaceRules RULES =
      ShardLog.rules(NAMESPACE, ConflictRule.LOG_ORDER).build();

  private final Path directory;
  private final ShardLog log = new ShardLog(BEGIN_MILLIS);
  private NodeStorage node = NodeStorage.withoutRemoval(StorageConfig.DEFAULT);
  private Shard shard;
  private long others;

  ExpiringShard(Path directory, ByteString value, int records) {
    this.directory = directory;
    this.shard = open();
    shard.apply(List.of(log.start()));
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
    return Shard.open(directory, ShardLog.identity(), node);
  }

  private LogEntry write(ByteString value, int from, int to) {
    Write.Builder write = Write.newBuilder().setPartitionKey(PARTITION_KEY);
    for (int i = from; i < to; i++) {
      write.addOperations(
          put(number(i), value).setLifetime(Lifetime.newBuilder().setExpiresMs(EXPIRES_MILLIS)));
    }
    return log.writeWithRules(RULES, write.build());
  }

  /** Applies a write of some records that do not expire, under another partition key. */
  void writeOthers(ByteString value, int records) {
    Write.Builder write = Write.newBuilder().setPartitionKey(OTHER_PARTITION_KEY);
    for (int i = 0; i < records; i++) {
      write.addOperations(put(number(others++), value));
    }
    shard.apply(List.of(log.writeWithRules(RULES, write.build())));
  }

  private LogEntry survivor(ByteString value) {
    return log.writeWithRules(
        RULES,
        Write.newBuilder()
            .setPartitionKey(PARTITION_KEY)
            .addOperations(put(ByteString.copyFromUtf8("z"), value))
            .build());
  }

  private static ByteString number(long number) {
    return ByteString.copyFromUtf8(String.format(Locale.ROOT, "%012d", number));
  }

  private static Operation.Builder put(ByteString sortKey, ByteString value) {
    return Operation.newBuilder().setSortKey(sortKey).setPut(value);
  }

  /** Lets the shard clock pass the moment at which the records expire. */
  void expire() {
    log.advanceTo(EXPIRES_MILLIS);
    shard.apply(List.of(log.next(LogRecord.newBuilder().setTick(Tick.getDefaultInstance()))));
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

  @Override
  public void close() {
    shard.close();
    node.close();
  }
}
