package io.byssus.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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
  private static final Comparator<Change> IN_ORDER =
      (one, other) -> Arrays.compareUnsigned(one.key(), other.key());

  private final ShardStore store;
  private final WriteBatch batch = new WriteBatch();
  private final Map<Row, byte[]> pending = new HashMap<>();

  /** What is not in the native batch yet, in the order in which it came. */
  private final List<Change> changes = new ArrayList<>();

  /**
   * So many of them are in {@link #pending}. The others go there when somebody reads; most batches
   * are of writes that go without a read, and would be hashed in vain.
   */
  private int readable;

  /** A key and its new value; {@link #DELETED} where it is to go. */
  private record Change(byte[] key, byte[] value) {}

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
    makeReadable();
    byte[] changed = pending.get(new Row(key));
    return changed == null ? store.get(key) : changed == DELETED ? null : changed;
  }

  private void makeReadable() {
    for (; readable < changes.size(); readable++) {
      Change change = changes.get(readable);
      pending.put(new Row(change.key()), change.value());
    }
  }

  void put(byte[] key, byte[] value) {
    changes.add(new Change(key, value));
  }

  void delete(byte[] key) {
    changes.add(new Change(key, DELETED));
  }

  /** Removes what a space holds of a namespace; nothing of it may be read through this batch. */
  void deleteNamespace(byte space, int namespaceId) {
    byte[] prefix = ShardKeys.namespace(space, namespaceId);
    deleteRange(prefix, ShardKeys.endOf(prefix));
  }

  /** Removes the keys from one to another, excluded; none may be read through this batch. */
  void deleteRange(byte[] from, byte[] to) {
    makeReadable();
    try {
      handOver();
      batch.deleteRange(from, to);
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  void write() {
    try {
      handOver();
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
    store.write(batch);
    batch.clear();
    pending.clear();
  }

  /**
   * Gives the changes to the native batch in the order of their keys; of one key, in that in which
   * they came. RocksDB looks for the place of a key from the place of the one before it, which is
   * near: in random order it would walk all levels of the memtable, a cache miss each.
   */
  private void handOver() throws RocksDBException {
    changes.sort(IN_ORDER);
    for (Change change : changes) {
      if (change.value() == DELETED) {
        batch.delete(change.key());
      } else {
        batch.put(change.key(), change.value());
      }
    }
    changes.clear();
    readable = 0;
  }

  @Override
  public void close() {
    batch.close();
  }
}
