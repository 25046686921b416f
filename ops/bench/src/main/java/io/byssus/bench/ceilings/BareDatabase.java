package io.byssus.bench.ceilings;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.LongFunction;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * RocksDB in this process, used by one thread: one database with all records, flushed and
 * compacted, which is the best that it can be read from.
 */
public final class BareDatabase implements AutoCloseable {
  private static final int BATCH = 1_000;

  private final DatabaseOptions options;
  private final RocksDB database;

  private BareDatabase(DatabaseOptions options, RocksDB database) {
    this.options = options;
    this.database = database;
  }

  /**
   * A database with records.
   *
   * @param directory does not exist yet
   * @param count of the records, numbered from 0
   */
  public static BareDatabase load(
      Path directory,
      long cacheBytes,
      long memtableBytes,
      int count,
      LongFunction<byte[]> key,
      LongFunction<byte[]> value)
      throws RocksDBException {
    DatabaseOptions options = new DatabaseOptions(cacheBytes, memtableBytes, 1);
    BareDatabase loaded =
        new BareDatabase(options, RocksDB.open(options.options(), directory.toString()));
    try (WriteBatch batch = new WriteBatch()) {
      for (int i = 0; i < count; i++) {
        batch.put(key.apply(i), value.apply(i));
        if (batch.count() == BATCH) {
          loaded.write(batch);
        }
      }
      loaded.write(batch);
    }
    loaded.database.compactRange();
    return loaded;
  }

  /** The value of a key; throws where there is none. */
  public byte[] get(byte[] key) throws RocksDBException {
    byte[] value = database.get(key);
    if (value == null) {
      throw new IllegalStateException("no record " + Arrays.toString(key));
    }
    return value;
  }

  /** How many of the keys have a value. */
  public int multiGet(byte[][] keys) throws RocksDBException {
    int found = 0;
    for (byte[] value : database.multiGetAsList(Arrays.asList(keys))) {
      if (value != null) {
        found++;
      }
    }
    return found;
  }

  /** Reads all records once, key and value of each; tells how many there are. */
  public int iterate() throws RocksDBException {
    int records = 0;
    long bytes = 0;
    try (RocksIterator all = database.newIterator()) {
      for (all.seekToFirst(); all.isValid(); all.next()) {
        bytes += all.key().length + all.value().length;
        records++;
      }
      all.status();
    }
    if (bytes == 0) {
      throw new IllegalStateException("there is nothing to iterate over");
    }
    return records;
  }

  @Override
  public void close() {
    database.close();
    options.close();
  }

  private void write(WriteBatch batch) throws RocksDBException {
    database.write(options.writes(), batch);
    batch.clear();
  }
}
