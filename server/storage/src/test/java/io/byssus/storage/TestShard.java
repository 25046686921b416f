package io.byssus.storage;

import com.google.protobuf.ByteString;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceDrop;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Tick;
import io.byssus.proto.log.v1.WriterStamp;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A shard with the log that it follows: what is written is applied at once. Removes what has ended
 * when told to.
 */
final class TestShard implements AutoCloseable {
  static final ShardIdentity IDENTITY =
      new ShardIdentity(LogBuilder.CLUSTER, "kafka-1", "topic-1", 3);
  private static final long STAMP_LIFE_MILLIS = 300_000;

  final LogBuilder log = LogBuilder.started();
  private final Path directory;
  private final NodeStorage node;
  private Shard shard;
  private long sequence;

  TestShard(Path directory, NamespaceRules.Builder rules) {
    this(directory, rules, StorageConfig.DEFAULT);
  }

  TestShard(Path directory, NamespaceRules.Builder rules, StorageConfig config) {
    this.directory = directory;
    node = new NodeStorage(config, TestHooks.NONE);
    shard = Shard.open(directory, IDENTITY, node);
    under(rules);
  }

  static NamespaceRules.Builder rules() {
    return LogBuilder.rules(LogBuilder.NAMESPACE, 1).toBuilder();
  }

  Shard shard() {
    return shard;
  }

  /** The rules that the next writes bring. */
  TestShard under(NamespaceRules.Builder rules) {
    log.under(rules.build());
    return this;
  }

  /** Writes under a new stamp, which it answers. */
  WriterStamp write(String partitionKey, Operation... operations) {
    WriterStamp stamp = nextStamp();
    write(stamp, partitionKey, operations);
    return stamp;
  }

  void write(WriterStamp stamp, String partitionKey, Operation... operations) {
    log.write(stamp, true, partitionKey, operations);
    replay();
  }

  WriterStamp nextStamp() {
    sequence++;
    return LogBuilder.stamp(
        1, sequence, Math.max(1, sequence - 100), log.nowMillis() + STAMP_LIFE_MILLIS);
  }

  void replay() {
    shard.apply(log.from(shard.nextOffset()));
  }

  /** Moves the shard clock on. */
  void tick(long millis) {
    log.tick(millis).append(LogRecord.newBuilder().setTick(Tick.getDefaultInstance()));
    replay();
  }

  void drop() {
    log.append(
        LogRecord.newBuilder()
            .setNamespaceId(LogBuilder.NAMESPACE)
            .setNamespaceDrop(NamespaceDrop.getDefaultInstance()));
    replay();
  }

  long unflushedBytes() {
    return node.memtableBytes();
  }

  void restart() {
    shard.close();
    shard = Shard.open(directory, IDENTITY, node);
  }

  /** Loses what is not flushed. */
  void crash() {
    shard.abandon();
    shard = Shard.open(directory, IDENTITY, node);
  }

  /** Opens the shard so that RocksDB leaves its files as they are. */
  void restartWithoutCompaction() {
    node.options().setDisableAutoCompactions(true);
    restart();
  }

  /** Removes all that has ended. */
  void removeAllEnded() {
    while (shard.removeEnded()) {
      // a little at a time
    }
  }

  /** The value of a record with an empty sort key; null where it is absent. */
  String value(String partitionKey) {
    return value(partitionKey, "");
  }

  String value(String partitionKey, String sortKey) {
    return record(partitionKey, sortKey).map(record -> record.value().toStringUtf8()).orElse(null);
  }

  Optional<StoredRecord> record(String partitionKey, String sortKey) {
    return shard.get(
        LogBuilder.NAMESPACE, LogBuilder.bytes(partitionKey), LogBuilder.bytes(sortKey));
  }

  String valueAt(String partitionKey, long version) {
    return shard
        .get(LogBuilder.NAMESPACE, LogBuilder.bytes(partitionKey), ByteString.EMPTY, version)
        .map(record -> record.value().toStringUtf8())
        .orElse(null);
  }

  /** The versions of a record with an empty sort key, as "version=value" or "version deleted". */
  List<String> versions(String partitionKey) {
    return versions(partitionKey, new VersionRange(0, 0, false, Integer.MAX_VALUE, Long.MAX_VALUE));
  }

  List<String> versions(String partitionKey, VersionRange range) {
    List<String> found = new ArrayList<>();
    VersionList list =
        shard.listVersions(
            LogBuilder.NAMESPACE, LogBuilder.bytes(partitionKey), ByteString.EMPTY, range);
    for (StoredVersion version : list.versions()) {
      found.add(
          version.version()
              + (version.deleted() ? " deleted" : "=" + version.value().toStringUtf8()));
    }
    if (!list.end()) {
      found.add("more");
    }
    return found;
  }

  /** How many versions, tombstones included, the shard remembers. */
  int remembered() {
    int count = 0;
    try (ShardDump dump = shard.dump()) {
      for (; dump.isValid(); dump.next()) {
        count++;
      }
    }
    return count;
  }

  long digest() {
    try (ShardDump dump = shard.dump()) {
      return dump.digest();
    }
  }

  @Override
  public void close() {
    shard.close();
    new IndexCheck(directory, node).run();
    node.close();
  }
}
