package io.byssus.bench.inner;

import com.google.protobuf.ByteString;
import io.byssus.bench.load.Records;
import io.byssus.cluster.ThrowAwayFolder;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceConfig;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import io.byssus.storage.ApplyCounts;
import io.byssus.storage.NodeStorage;
import io.byssus.storage.Shard;
import io.byssus.storage.StorageConfig;
import io.byssus.wal.LogEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A shard on disk, with a log of its own and records. For one thread. */
final class MeasuredShard implements AutoCloseable {
  private static final long BEGIN_MILLIS = 1_800_000_000_000L;
  private static final int LOADED_AT_ONCE = 1_000;

  private final ThrowAwayFolder folder;
  private final Records records;
  private final NodeStorage node = new NodeStorage(StorageConfig.DEFAULT);
  private final ShardLog log = new ShardLog(BEGIN_MILLIS);
  private Shard shard;

  /** A shard that holds nothing. */
  MeasuredShard(Records records) throws IOException {
    this.records = records;
    this.folder =
        ThrowAwayFolder.create(
            Path.of(System.getProperty("java.io.tmpdir")), "byssus-bench-inner-");
    this.shard = open();
    shard.apply(List.of(log.start()));
  }

  private Shard open() {
    return Shard.open(folder.path().resolve("shard"), ShardLog.identity(), node);
  }

  /** Puts all records into a namespace. */
  void load(NamespaceRules rules) {
    List<LogEntry> batch = new ArrayList<>();
    for (int i = 0; i < records.count(); i++) {
      Operation.Builder put =
          Operation.newBuilder()
              .setPut(value(i))
              .setVersion(rules.getConflictRule() == ConflictRule.VERSION ? 1 : 0);
      Write write = Write.newBuilder().setPartitionKey(key(i)).addOperations(put).build();
      batch.add(i == 0 ? log.writeWithRules(rules, write) : log.write(rules, write));
      if (batch.size() == LOADED_AT_ONCE || i == records.count() - 1) {
        shard.apply(batch);
        batch.clear();
      }
    }
  }

  /** Brings a namespace without records. */
  void announce(NamespaceRules rules) {
    shard.apply(
        List.of(
            log.next(
                LogRecord.newBuilder()
                    .setNamespaceConfig(NamespaceConfig.getDefaultInstance())
                    .setNamespaceId(rules.getNamespaceId())
                    .setRulesVersion(rules.getVersion())
                    .setNamespaceRules(rules))));
  }

  /** The key of a record. */
  ByteString key(long number) {
    return ByteString.copyFrom(records.key(number % records.count()));
  }

  private ByteString value(long number) {
    return ByteString.copyFrom(records.value(number % records.count()));
  }

  /** The next entries of the log, of one kind; a millisecond lies between two. */
  List<LogEntry> next(RecordKind kind, long number, int count) {
    List<LogEntry> entries = new ArrayList<>(count);
    for (long i = number; i < number + count; i++) {
      log.advanceTo(BEGIN_MILLIS + i);
      entries.add(kind.next(log, i, key(i), value(i)));
    }
    return entries;
  }

  /** The shard. */
  Shard shard() {
    return shard;
  }

  /** Closes the shard and opens it anew: all its records are in files then. */
  void reopen() {
    shard.close();
    shard = open();
  }

  /** Throws where an entry of the log has not had its effect. */
  void requireAllApplied() {
    ApplyCounts counts = shard.counts();
    if (counts.writes() + counts.other() != log.entries()) {
      throw new IllegalStateException("of " + log.entries() + " entries: " + counts);
    }
  }

  @Override
  public void close() throws IOException {
    shard.close();
    node.close();
    folder.close();
  }
}
