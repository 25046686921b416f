package io.byssus.storage;

import io.byssus.wal.HaltReason;
import io.byssus.wal.ReplayHaltedException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.rocksdb.FlushOptions;
import org.rocksdb.Holder;
import org.rocksdb.Range;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.SizeApproximationFlag;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * One RocksDB: its only writer is the shard's applier, its write-ahead log is off because the log
 * is Kafka.
 */
final class ShardStore implements RecordRows.Rows, AutoCloseable {
  private final RocksDB db;
  private final WriteOptions writeOptions = new WriteOptions().setDisableWAL(true);
  private final ReadOptions readOptions = new ReadOptions();
  private final FlushOptions flushOptions = new FlushOptions().setWaitForFlush(true);
  private final AtomicLong removedSinceFlush = new AtomicLong();
  private volatile long lastFlushNanos = System.nanoTime();
  private volatile long lastWriteNanos = lastFlushNanos;

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

  /** The value of a key; null where there is none. */
  @Override
  public byte[] get(byte[] key) {
    return get(readOptions, key);
  }

  /**
   * The value of a key where memtables, block cache and filters tell it.
   *
   * @param value is given the value; null where there is none, or it is not known
   * @return whether it is known
   */
  boolean getFromMemory(byte[] key, Holder<byte[]> value) {
    return !db.keyMayExist(readOptions, key, value) || value.getValue() != null;
  }

  private byte[] get(ReadOptions options, byte[] key) {
    try {
      return db.get(options, key);
    } catch (RocksDBException e) {
      throw failed("read", e);
    }
  }

  void write(WriteBatch batch) {
    try {
      db.write(writeOptions, batch);
      lastWriteNanos = System.nanoTime();
    } catch (RocksDBException e) {
      throw failed("write", e);
    }
  }

  /** Makes everything written so far durable. */
  void flush() {
    try {
      removedSinceFlush.set(0);
      db.flush(flushOptions);
      lastFlushNanos = System.nanoTime();
    } catch (RocksDBException e) {
      throw failed("flush", e);
    }
  }

  long lastFlushNanos() {
    return lastFlushNanos;
  }

  long lastWriteNanos() {
    return lastWriteNanos;
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
   * A cursor from a key, included, to another, excluded; over a view or, where that is null, over
   * the present.
   */
  Cursor cursor(byte[] from, byte[] to, View view) {
    return new Cursor(from, to, view, false);
  }

  /** A cursor over the present from the last key before {@code to} down to {@code from}. */
  Cursor reverseCursor(byte[] from, byte[] to) {
    return new Cursor(from, to, null, true);
  }

  /** The store as it is now, while it goes on. To be closed: it keeps old data from going. */
  View view() {
    return new View();
  }

  /** Takes note of rows that were removed because their time was over. */
  void removed(int rows) {
    removedSinceFlush.addAndGet(rows);
  }

  /** How many rows were so removed since the last flush, about. */
  long removedSinceFlush() {
    return removedSinceFlush.get();
  }

  /**
   * How much there is from one key to another, from the files' indexes alone: the rows of files are
   * taken to be of one size.
   */
  SizeEstimate size(byte[] from, byte[] to) {
    try (Slice start = new Slice(from);
        Slice end = new Slice(to)) {
      Range range = new Range(start, end);
      RocksDB.CountAndSize memory = db.getApproximateMemTableStats(range);
      long bytes = db.getApproximateSizes(List.of(range), SizeApproximationFlag.INCLUDE_FILES)[0];
      long rows = keysEstimate() - property("rocksdb.num-entries-active-mem-table");
      double share = Math.min(1, (double) bytes / Math.max(1, diskBytes()));
      return new SizeEstimate(
          memory.count + Math.max(0, Math.round(rows * share)), memory.size + bytes);
    }
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

  static ReplayHaltedException failed(String what, RocksDBException e) {
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

  /** The store as it was at one moment. */
  final class View implements RecordRows.Rows, AutoCloseable {
    private final Snapshot snapshot = db.getSnapshot();
    private final ReadOptions options = new ReadOptions().setSnapshot(snapshot);

    private View() {}

    @Override
    public byte[] get(byte[] key) {
      return ShardStore.this.get(options, key);
    }

    @Override
    public void close() {
      options.close();
      db.releaseSnapshot(snapshot);
    }
  }

  /** Walks over keys, in their order or the reverse. Not shared among threads. */
  final class Cursor implements AutoCloseable {
    private final Slice start;
    private final Slice end;
    private final ReadOptions options;
    private final RocksIterator iterator;
    private final boolean reverse;

    private Cursor(byte[] from, byte[] to, View view, boolean reverse) {
      this.reverse = reverse;
      start = new Slice(from);
      end = new Slice(to);
      options = new ReadOptions().setIterateLowerBound(start).setIterateUpperBound(end);
      if (view != null) {
        options.setSnapshot(view.snapshot);
      }
      iterator = db.newIterator(options);
      if (Arrays.compareUnsigned(from, to) < 0) {
        if (reverse) {
          iterator.seekToLast();
        } else {
          iterator.seek(from);
        }
      }
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
      if (reverse) {
        iterator.prev();
      } else {
        iterator.next();
      }
    }

    byte[] key() {
      return iterator.key();
    }

    byte[] value() {
      return iterator.value();
    }

    /**
     * Copies the beginning of the value.
     *
     * @return how many bytes the whole value has
     */
    int value(byte[] head) {
      return iterator.value(head);
    }

    @Override
    public void close() {
      iterator.close();
      options.close();
      start.close();
      end.close();
    }
  }
}
