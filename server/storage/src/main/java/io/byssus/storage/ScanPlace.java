package io.byssus.storage;

import java.util.Optional;

/** Where a scan stood, and what was left of it: another can go on there. */
public final class ScanPlace {
  private final byte[] from;
  private final byte[] to;
  private final boolean reverse;

  /**
   * The keys from one, included, to another, excluded.
   *
   * @param reverse whether they come from the end down to the start
   */
  ScanPlace(byte[] from, byte[] to, boolean reverse) {
    this.from = from;
    this.to = to;
    this.reverse = reverse;
  }

  /**
   * The beginning of a walk over a namespace.
   *
   * @param after behind this record; absent: from the first
   */
  static ScanPlace inNamespace(int namespaceId, Optional<RecordKey> after) {
    byte[] whole = ShardKeys.namespace(ShardKeys.DATA, namespaceId);
    byte[] from =
        after
            .map(key -> ShardKeys.record(namespaceId, key.partitionKey(), key.sortKey()))
            .map(ShardKeys::after)
            .orElse(whole);
    return new ScanPlace(from, ShardKeys.endOf(whole), false);
  }

  ShardStore.Cursor open(ShardStore store) {
    return reverse ? store.reverseCursor(from, to) : store.cursor(from, to, null);
  }

  /** The rest of it from a key on, that key included. */
  ScanPlace at(byte[] key) {
    return reverse
        ? new ScanPlace(from, ShardKeys.after(key), true)
        : new ScanPlace(key, to, false);
  }
}
