package io.byssus.storage;

import io.byssus.wal.ReplayHaltedException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.Env;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.Priority;
import org.rocksdb.RateLimiter;
import org.rocksdb.RocksDB;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all shards of a node share: one block cache, one rate limiter for flushes and compactions,
 * one flusher.
 *
 * <p>The flusher is ours. RocksDB's own budget over several databases flushes the one that happens
 * to write when the budget is reached, which ends in files of some kilobytes; this one flushes the
 * largest memtable, and each that has grown old.
 */
public final class NodeStorage implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeStorage.class);
  private static final long LOOK_PERIOD_MILLIS = 100;
  private static final long WRITE_BYTES_PER_SECOND = 256L << 20;
  private static final long ARENA_BLOCK_BYTES = 128L << 10;

  static {
    RocksDB.loadLibrary();
  }

  private final StorageConfig config;
  private final TestHooks hooks;
  private final Cache blockCache;
  private final BloomFilter bloomFilter = new BloomFilter(10);
  private final RateLimiter rateLimiter = new RateLimiter(WRITE_BYTES_PER_SECOND);
  private final Options options;
  private final Set<ShardStore> stores = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService flusher;
  private boolean closed;

  /** Opens no file. */
  public NodeStorage(StorageConfig config) {
    this(config, TestHooks.fromSystemProperties());
  }

  NodeStorage(StorageConfig config, TestHooks hooks) {
    this.config = config;
    this.hooks = hooks;
    this.blockCache = new LRUCache(config.blockCacheBytes());
    Env.getDefault().setBackgroundThreads(2, Priority.LOW);
    Env.getDefault().setBackgroundThreads(1, Priority.HIGH);
    this.options =
        new Options()
            .setCreateIfMissing(true)
            .setWriteBufferSize(config.memtableBytes() / 4)
            .setArenaBlockSize(ARENA_BLOCK_BYTES)
            .setMaxWriteBufferNumber(2)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setRateLimiter(rateLimiter)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setKeepLogFileNum(2)
            .setMaxBackgroundJobs(2)
            .setAvoidFlushDuringShutdown(true)
            .setTableFormatConfig(
                new BlockBasedTableConfig()
                    .setBlockCache(blockCache)
                    .setCacheIndexAndFilterBlocks(true)
                    .setPinL0FilterAndIndexBlocksInCache(true)
                    .setFilterPolicy(bloomFilter)
                    .setBlockSize(8 * 1024));
    this.flusher =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "flusher");
              thread.setDaemon(true);
              return thread;
            });
    flusher.scheduleWithFixedDelay(
        this::flushWhatIsDue, LOOK_PERIOD_MILLIS, LOOK_PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  Options options() {
    return options;
  }

  TestHooks hooks() {
    return hooks;
  }

  void opened(ShardStore store) {
    stores.add(store);
  }

  /** Waits for a flush of the store that may be under way; none follows. */
  void closing(ShardStore store) {
    synchronized (store) {
      stores.remove(store);
    }
  }

  /** The bytes applied and not flushed, over all shards. */
  public long memtableBytes() {
    return stores.stream().mapToLong(this::memtableBytes).sum();
  }

  private long memtableBytes(ShardStore store) {
    synchronized (store) {
      return stores.contains(store) ? store.memtableBytes() : 0;
    }
  }

  /** The bytes that the block cache holds; 0 once closed. */
  public synchronized long blockCacheBytes() {
    return closed ? 0 : blockCache.getUsage();
  }

  private void flushWhatIsDue() {
    ShardStore largest = null;
    long largestBytes = 0;
    long total = 0;
    for (ShardStore store : stores) {
      long bytes = memtableBytes(store);
      total += bytes;
      if (bytes > largestBytes) {
        largestBytes = bytes;
        largest = store;
      }
      if (System.nanoTime() - store.lastFlushNanos() > config.flushAfter().toNanos()) {
        flush(store);
      }
    }
    if (total > config.memtableBytes() / 2) {
      flush(largest);
    }
  }

  /**
   * A flush that fails is this shard's trouble alone: its next write fails too and halts its
   * replica.
   */
  private void flush(ShardStore store) {
    try {
      synchronized (store) {
        if (stores.contains(store)) {
          store.flush();
        }
      }
    } catch (ReplayHaltedException e) {
      log.error("a flush failed", e);
    }
  }

  @Override
  public void close() {
    flusher.shutdownNow();
    try {
      flusher.awaitTermination(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      closed = true;
    }
    options.close();
    bloomFilter.close();
    rateLimiter.close();
    blockCache.close();
  }
}
