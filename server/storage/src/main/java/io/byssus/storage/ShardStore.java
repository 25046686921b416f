package io.byssus.storage;

import io.byssus.wal.HaltReason;
import io.byssus.wal.ReplayHaltedException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * One RocksDB: its only writer is the shard's applier, its write-ahead log is off because the log
 * is Kafka.
 */
final class ShardStore implements AutoCloseable {
  private final RocksDB db;
  private final WriteOptions writeOptions = new WriteOptions().setDisableWAL(true);
  private final ReadOptions readOptions = new ReadOptions();
  private final FlushOptions flushOptions = new FlushOptions().setWaitForFlush(true);
  private volatile long lastFlushNanos = System.nanoTime();

  ShardStore(Path directory, NodeStorage node) {
    try {
      this.db = RocksDB.open(node.options(), directory.toString());
    } catch (RocksDBException e) {
      throw new ReplayHaltedException(
          HaltReason.STORAGE_FAILED,
          "the database in " + directory + " does not open: " + e.getMessage(),
          e);
    }
  }

  Optional<byte[]> get(byte[] key) {
    try {
      return Optional.ofNullable(db.get(readOptions, key));
    } catch (RocksDBException e) {
      throw failed("read", e);
    }
  }

  void write(WriteBatch batch) {
    try {
      db.write(writeOptions, batch);
    } catch (RocksDBException e) {
      throw failed("write", e);
    }
  }

  /** Makes everything written so far durable. */
  void flush() {
    try {
      db.flush(flushOptions);
      lastFlushNanos = System.nanoTime();
    } catch (RocksDBException e) {
      throw failed("flush", e);
    }
  }

  long lastFlushNanos() {
    return lastFlushNanos;
  }

  /** Calls back for each key and value that starts with a prefix, in order. */
  void forEach(byte[] prefix, BiConsumer<byte[], byte[]> action) {
    try (Cursor cursor = cursor(prefix, ShardKeys.endOf(prefix), null)) {
      for (; cursor.isValid(); cursor.next()) {
        action.accept(cursor.key(), cursor.value());
      }
    }
  }

  /**
   * A cursor from a key, included, to another, excluded; over a snapshot or, where that is null,
   * over the present.
   */
  Cursor cursor(byte[] from, byte[] to, Snapshot snapshot) {
    return new Cursor(from, to, snapshot);
  }

  Snapshot snapshot() {
    return db.getSnapshot();
  }

  void release(Snapshot snapshot) {
    db.releaseSnapshot(snapshot);
  }

  long memtableBytes() {
    return property("rocksdb.cur-size-active-mem-table");
  }

  long keysEstimate() {
    return property("rocksdb.estimate-num-keys");
  }

  long diskBytes() {
    return property("rocksdb.total-sst-files-size");
  }

  private long property(String name) {
    try {
      return db.getLongProperty(name);
    } catch (RocksDBException e) {
      throw failed("read " + name, e);
    }
  }

  private static ReplayHaltedException failed(String what, RocksDBException e) {
    return new ReplayHaltedException(
        HaltReason.STORAGE_FAILED, "the database failed to " + what + ": " + e.getMessage(), e);
  }

  @Override
  public void close() {
    db.close();
    writeOptions.close();
    readOptions.close();
    flushOptions.close();
  }

  /** Walks over keys in order. Not shared among threads. */
  final class Cursor implements AutoCloseable {
    private final Slice end;
    private final ReadOptions options;
    private final RocksIterator iterator;

    private Cursor(byte[] from, byte[] to, Snapshot snapshot) {
      end = new Slice(to);
      options = new ReadOptions().setIterateUpperBound(end);
      if (snapshot != null) {
        options.setSnapshot(snapshot);
      }
      iterator = db.newIterator(options);
      iterator.seek(from);
    }

    boolean isValid() {
      if (iterator.isValid()) {
        return true;
      }
      try {
        iterator.status();
        return false;
      } catch (RocksDBException e) {
        throw failed("iterate", e);
      }
    }

    void next() {
      iterator.next();
    }

    byte[] key() {
      return iterator.key();
    }

    byte[] value() {
      return iterator.value();
    }

    @Override
    public void close() {
      iterator.close();
      options.close();
      end.close();
    }
  }
}
