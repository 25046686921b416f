package io.byssus.storage;

import java.util.Arrays;

/**
 * Walks over all that a view of a shard remembers of its records, in the order of namespaces,
 * partition keys and sort keys, as of a moment of the shard clock: two views that stand at the same
 * position give the same, whatever of it is still on disk.
 */
final class StateCursor implements AutoCloseable {
  private final ShardStore.View view;
  private final long clockMillis;
  private final ShardStore.Cursor current;
  private final ShardStore.Cursor past;
  private byte[] recordKey;
  private RecordState state;

  StateCursor(ShardStore store, ShardStore.View view, long clockMillis) {
    this.view = view;
    this.clockMillis = clockMillis;
    this.current =
        store.cursor(ShardKeys.DATA_PREFIX, ShardKeys.endOf(ShardKeys.DATA_PREFIX), view);
    this.past = store.cursor(ShardKeys.PAST_PREFIX, ShardKeys.endOf(ShardKeys.PAST_PREFIX), view);
    next();
  }

  boolean isValid() {
    return state != null;
  }

  /** Goes to the next record of which something is remembered. */
  void next() {
    do {
      read();
    } while (state != null && state.isEmpty());
  }

  private void read() {
    byte[] currentKey = current.isValid() ? current.key() : null;
    byte[] pastKey = past.isValid() ? ShardKeys.recordOfPast(past.key()) : null;
    if (currentKey == null && pastKey == null) {
      recordKey = null;
      state = null;
      return;
    }
    int order =
        currentKey == null ? 1 : pastKey == null ? -1 : Arrays.compareUnsigned(currentKey, pastKey);
    recordKey = order <= 0 ? currentKey : pastKey;
    state =
        RecordRows.state(order <= 0 ? current.value() : null, order >= 0 ? past.value() : null)
            .at(clockMillis);
    if (order <= 0) {
      current.next();
    }
    if (order >= 0) {
      past.next();
    }
  }

  byte[] recordKey() {
    return recordKey;
  }

  RecordState state() {
    return state;
  }

  /** One of the state's entries with its value. */
  VersionEntry withValue(VersionEntry entry) {
    return RecordRows.withValue(view, recordKey, entry);
  }

  @Override
  public void close() {
    current.close();
    past.close();
  }
}
