package io.byssus.storage;

import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * The changes of some log entries, to be written in one piece together with the header behind them.
 */
final class ShardBatch implements AutoCloseable {
  private final WriteBatch batch = new WriteBatch();

  void put(byte[] key, byte[] value) {
    try {
      batch.put(key, value);
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  void delete(byte[] key) {
    try {
      batch.delete(key);
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  void writeTo(ShardStore store) {
    store.write(batch);
    batch.clear();
  }

  @Override
  public void close() {
    batch.close();
  }
}
