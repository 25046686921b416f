package io.byssus.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * The changes of some log entries, to be written in one piece together with the header behind them.
 * Reads through it see them already.
 */
final class ShardBatch implements RecordRows.Rows, AutoCloseable {
  private static final byte[] DELETED = new byte[0];

  private final ShardStore store;
  private final WriteBatch batch = new WriteBatch();
  private final Map<Row, byte[]> pending = new HashMap<>();

  /**
   * What is not in {@link #pending} yet: a key, its value, the next key. It goes there when
   * somebody reads; most batches are of writes that go without a read, and would be hashed in vain.
   */
  private final List<byte[]> unread = new ArrayList<>();

  /** A key that is equal to others of the same bytes. */
  private static final class Row {
    private final byte[] key;
    private final int hash;

    Row(byte[] key) {
      this.key = key;
      this.hash = Arrays.hashCode(key);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Row row && Arrays.equals(key, row.key);
    }
  }

  ShardBatch(ShardStore store) {
    this.store = store;
  }

  /** A row as it will be; null where there is none. Not for rows that a range deletion covers. */
  @Override
  public byte[] get(byte[] key) {
    for (int i = 0; i < unread.size(); i += 2) {
      pending.put(new Row(unread.get(i)), unread.get(i + 1));
    }
    unread.clear();
    byte[] changed = pending.get(new Row(key));
    return changed == null ? store.get(key) : changed == DELETED ? null : changed;
  }

  void put(byte[] key, byte[] value) {
    changed(key, value);
    try {
      batch.put(key, value);
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  private void changed(byte[] key, byte[] value) {
    unread.add(key);
    unread.add(value);
  }

  void delete(byte[] key) {
    changed(key, DELETED);
    try {
      batch.delete(key);
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Removes what a space holds of a namespace; nothing of it may be read through this batch. */
  void deleteNamespace(byte space, int namespaceId) {
    byte[] prefix = ShardKeys.namespace(space, namespaceId);
    deleteRange(prefix, ShardKeys.endOf(prefix));
  }

  /** Removes the keys from one to another, excluded; none may be read through this batch. */
  void deleteRange(byte[] from, byte[] to) {
    try {
      batch.deleteRange(from, to);
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  void write() {
    store.write(batch);
    batch.clear();
    pending.clear();
    unread.clear();
  }

  @Override
  public void close() {
    batch.close();
  }
}
