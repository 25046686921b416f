package io.byssus.storage;

import io.byssus.model.XxHash64;
import java.nio.ByteBuffer;

/**
 * One number for all logical state of a shard at a position: records with their versions and
 * expiries, tombstones, live writers, live outcomes, namespace rules, dropped namespaces, shard
 * clock and incarnation. Equal on equal replicas. What has ended by the shard clock is left out
 * wherever its bytes still are, and so are dead letters and the broker's leader epochs, which are
 * no part of the state.
 */
final class ShardDigest {
  private long digest;

  private ShardDigest() {}

  static long of(ShardStore store, ShardStore.View view, ShardHeader header) {
    long clockMillis = header.clockMillis();
    ShardDigest digest = new ShardDigest();
    digest.add(
        ByteBuffer.allocate(24)
            .putLong(header.incarnation())
            .putLong(header.nextOffset())
            .putLong(clockMillis)
            .array());
    digest.addAll(store, view, ShardKeys.RULES_PREFIX, value -> true);
    digest.addAll(store, view, ShardKeys.DROPPED_PREFIX, value -> true);
    digest.addAll(
        store,
        view,
        ShardKeys.OUTCOMES_PREFIX,
        value -> StoredOutcome.acceptUntilMillis(value) >= clockMillis);
    digest.addAll(
        store,
        view,
        ShardKeys.WRITERS_PREFIX,
        value -> !WriterWindow.decode(value).endedBy(clockMillis));
    try (StateCursor records = new StateCursor(store, view, clockMillis)) {
      for (; records.isValid(); records.next()) {
        digest.add(records.recordKey());
        for (VersionEntry entry : records.state().entries()) {
          digest.add(records.withValue(entry));
        }
      }
    }
    return digest.digest;
  }

  private interface Live {
    boolean test(byte[] value);
  }

  private void addAll(ShardStore store, ShardStore.View view, byte[] prefix, Live live) {
    try (ShardStore.Cursor cursor = store.cursor(prefix, ShardKeys.endOf(prefix), view)) {
      for (; cursor.isValid(); cursor.next()) {
        byte[] value = cursor.value();
        if (live.test(value)) {
          add(cursor.key());
          add(value);
        }
      }
    }
  }

  private void add(VersionEntry entry) {
    add(
        ByteBuffer.allocate(25)
            .put((byte) (entry.deleted() ? 1 : 0))
            .putLong(entry.version())
            .putLong(entry.expiresMillis())
            .putLong(entry.untilMillis())
            .array());
    if (!entry.deleted()) {
      add(entry.value().toByteArray());
    }
  }

  private void add(byte[] bytes) {
    digest = XxHash64.hash(bytes, digest + bytes.length);
  }
}
