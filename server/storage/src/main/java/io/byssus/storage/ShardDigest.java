package io.byssus.storage;

import io.byssus.model.XxHash64;
import java.nio.ByteBuffer;
import org.rocksdb.Snapshot;

/**
 * One number for all logical state of a shard at a position: records with versions, live writers,
 * live outcomes, namespace rules, shard clock and incarnation. Equal on equal replicas. What has
 * ended by the shard clock is left out wherever its bytes still are, and so are dead letters and
 * the broker's leader epochs, which are no part of the state.
 */
final class ShardDigest {
  private long digest;

  private ShardDigest() {}

  static long of(ShardStore store, Snapshot snapshot, ShardHeader header) {
    ShardDigest digest = new ShardDigest();
    digest.add(
        ByteBuffer.allocate(24)
            .putLong(header.incarnation())
            .putLong(header.nextOffset())
            .putLong(header.clockMillis())
            .array());
    digest.addAll(store, snapshot, ShardKeys.RULES_PREFIX, value -> true);
    digest.addAll(
        store,
        snapshot,
        ShardKeys.OUTCOMES_PREFIX,
        value -> StoredOutcome.decode(value).acceptUntilMillis() >= header.clockMillis());
    digest.addAll(
        store,
        snapshot,
        ShardKeys.WRITERS_PREFIX,
        value -> !WriterWindow.decode(value).endedBy(header.clockMillis()));
    digest.addAll(store, snapshot, ShardKeys.DATA_PREFIX, value -> true);
    return digest.digest;
  }

  private interface Live {
    boolean test(byte[] value);
  }

  private void addAll(ShardStore store, Snapshot snapshot, byte[] prefix, Live live) {
    try (ShardStore.Cursor cursor = store.cursor(prefix, ShardKeys.endOf(prefix), snapshot)) {
      for (; cursor.isValid(); cursor.next()) {
        byte[] value = cursor.value();
        if (live.test(value)) {
          add(cursor.key());
          add(value);
        }
      }
    }
  }

  private void add(byte[] bytes) {
    digest = XxHash64.hash(bytes, digest + bytes.length);
  }
}
