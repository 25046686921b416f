package io.byssus.storage;

import com.google.protobuf.ByteString;
import io.byssus.proto.internal.v1.WriteOutcome;
import io.byssus.proto.log.v1.WriterStamp;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Reads of a shard: each keeps the shard from being closed while it lasts, and takes for absent
 * what has ended by the shard clock.
 *
 * <p>The clock is read before the store: the other way round, a record that was renewed meanwhile
 * would be found as it was, and be taken for ended.
 */
final class ShardReads {
  private final ShardStore store;
  private final UseCount uses;
  private final LongSupplier clockMillis;

  ShardReads(ShardStore store, UseCount uses, LongSupplier clockMillis) {
    this.store = store;
    this.uses = uses;
    this.clockMillis = clockMillis;
  }

  Optional<StoredRecord> get(int namespaceId, ByteString partitionKey, ByteString sortKey) {
    long clock = clockMillis.getAsLong();
    return read(
        () -> RecordReader.get(store, ShardKeys.record(namespaceId, partitionKey, sortKey), clock));
  }

  MemoryRead getFromMemory(int namespaceId, ByteString partitionKey, ByteString sortKey) {
    long clock = clockMillis.getAsLong();
    byte[] key = ShardKeys.record(namespaceId, partitionKey, sortKey);
    return read(() -> RecordReader.getFromMemory(store, key, clock));
  }

  Optional<StoredRecord> get(
      int namespaceId, ByteString partitionKey, ByteString sortKey, long atVersion) {
    long clock = clockMillis.getAsLong();
    byte[] key = ShardKeys.record(namespaceId, partitionKey, sortKey);
    return read(() -> RecordReader.get(store, key, atVersion, clock));
  }

  VersionList listVersions(
      int namespaceId, ByteString partitionKey, ByteString sortKey, VersionRange range) {
    long clock = clockMillis.getAsLong();
    byte[] key = ShardKeys.record(namespaceId, partitionKey, sortKey);
    return read(() -> RecordReader.list(store, key, range, clock));
  }

  ShardScan scan(ScanPlace place) {
    long clock = clockMillis.getAsLong();
    return hold(() -> new ShardScan(store, place, uses, clock));
  }

  SizeEstimate namespaceSize(int namespaceId) {
    return read(
        () -> {
          SizeEstimate records = spaceSize(ShardKeys.DATA, namespaceId);
          return new SizeEstimate(
              records.records(),
              records.bytes()
                  + spaceSize(ShardKeys.OLDER_VALUES, namespaceId).bytes()
                  + spaceSize(ShardKeys.PAST, namespaceId).bytes()
                  + spaceSize(ShardKeys.EXPIRY, namespaceId).bytes());
        });
  }

  private SizeEstimate spaceSize(byte space, int namespaceId) {
    byte[] prefix = ShardKeys.namespace(space, namespaceId);
    return store.size(prefix, ShardKeys.endOf(prefix));
  }

  ShardDump dump() {
    return hold(() -> new ShardDump(store, uses));
  }

  WriteOutcome outcome(WriterStamp stamp) {
    long clock = clockMillis.getAsLong();
    return read(() -> OutcomeReader.read(store, stamp, clock));
  }

  /** Any short read. */
  <T> T read(Supplier<T> read) {
    uses.require();
    try {
      return read.get();
    } finally {
      uses.end();
    }
  }

  /** Makes a reader that ends its use of the shard when it is closed. */
  private <T> T hold(Supplier<T> reader) {
    uses.require();
    try {
      return reader.get();
    } catch (RuntimeException e) {
      uses.end();
      throw e;
    }
  }
}
