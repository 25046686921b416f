package io.byssus.storage;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.byssus.wal.ReplayHaltedException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.Env;
import org.rocksdb.HyperClockCache;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.Priority;
import org.rocksdb.RateLimiter;
import org.rocksdb.RocksDB;
import org.rocksdb.TablePropertiesCollectorFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all shards of a node share: one block cache, one rate limiter for flushes and compactions,
 * one flusher.
 *
 * <p>The flusher is ours. RocksDB's own budget over several databases flushes the one that happens
 * to write when the budget is reached, which ends in files of some kilobytes; this one flushes the
 * largest memtable, and each that has grown old or idle.
 */
public final class NodeStorage implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeStorage.class);
  private static final long LOOK_PERIOD_MILLIS = 100;
  private static final long REMOVAL_PERIOD_MILLIS = 50;
  private static final long WRITE_BYTES_PER_SECOND = 256L << 20;
  private static final long ARENA_BLOCK_BYTES = 128L << 10;
  private static final int METADATA_BLOCK_BYTES = 4 << 10;
  private static final int WRITE_BUFFERS = 4;

  // A memtable has a filter of its keys: without it a read goes down the skip lists of memtables
  // that mostly do not have the record. Its part of what all memtables may take is this small
  // because hundreds of replicas have one each.
  private static final double FILTER_PART = 1.0 / 2_048;

  // A file in which of 1,000 rows in a row half are deletions is compacted without further reason.
  private static final int DELETIONS_WINDOW = 1_000;
  private static final int DELETIONS_TRIGGER = 500;

  // So many removed rows in a memtable make a scan across them slow; on disk they are compacted
  // away.
  private static final long REMOVED_ROWS_FLUSH = 50_000;

  // An idle shard with so much unflushed is flushed: a record is found in a file at half of the
  // cost
  // of finding it in a memtable, and a restart has nothing to replay.
  private static final long WORTH_A_FILE_BYTES = 1L << 20;

  // Each makes RocksDB gather all of a memtable's range deletions anew for the next read.
  private static final int RANGE_DELETIONS_FLUSH = 500;

  static {
    RocksDB.loadLibrary();
  }

  private final StorageConfig config;
  private final TestHooks hooks;
  private final boolean removing;
  private final Cache blockCache;
  private final BloomFilter bloomFilter = new BloomFilter(10);
  private final RateLimiter rateLimiter = new RateLimiter(WRITE_BYTES_PER_SECOND);
  private final TablePropertiesCollectorFactory deletions =
      TablePropertiesCollectorFactory.NewCompactOnDeletionCollectorFactory(
          DELETIONS_WINDOW, DELETIONS_TRIGGER, 0);
  private final Options options;
  private final Set<ShardStore> stores = ConcurrentHashMap.newKeySet();
  private final Set<Shard> shards = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService flusher;
  private final ScheduledExecutorService remover;
  private boolean closed;

  /** Opens no file. */
  public NodeStorage(StorageConfig config) {
    this(config, TestHooks.fromSystemProperties(), true);
  }

  /**
   * One whose shards keep on disk what has ended: to test and to measure what it costs until it is
   * removed.
   */
  public static NodeStorage withoutRemoval(StorageConfig config) {
    return new NodeStorage(config, TestHooks.fromSystemProperties());
  }

  /** One whose shards remove what has ended when they are told to, and not by themselves. */
  NodeStorage(StorageConfig config, TestHooks hooks) {
    this(config, hooks, false);
  }

  NodeStorage(StorageConfig config, TestHooks hooks, boolean removing) {
    this.config = config;
    this.hooks = hooks;
    this.removing = removing;
    // One without a lock, which does not need to know how large its entries will be.
    this.blockCache = new HyperClockCache(config.blockCacheBytes(), 0, -1, false);
    Env.getDefault().setBackgroundThreads(2, Priority.LOW);
    Env.getDefault().setBackgroundThreads(1, Priority.HIGH);
    this.options =
        new Options()
            .setCreateIfMissing(true)
            .setWriteBufferSize(config.memtableBytes() / WRITE_BUFFERS)
            .setMemtableWholeKeyFiltering(true)
            .setMemtablePrefixBloomSizeRatio(FILTER_PART * WRITE_BUFFERS)
            .setArenaBlockSize(ARENA_BLOCK_BYTES)
            .setMaxWriteBufferNumber(2)
            .setMemtableMaxRangeDeletions(RANGE_DELETIONS_FLUSH)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setRateLimiter(rateLimiter)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setKeepLogFileNum(2)
            .setMaxBackgroundJobs(2)
            .setAvoidFlushDuringShutdown(true)
            .setTableFormatConfig(
                new BlockBasedTableConfig()
                    .setBlockCache(blockCache)
                    .setIndexType(IndexType.kTwoLevelIndexSearch)
                    .setPartitionFilters(true)
                    .setMetadataBlockSize(METADATA_BLOCK_BYTES)
                    .setCacheIndexAndFilterBlocks(true)
                    .setCacheIndexAndFilterBlocksWithHighPriority(true)
                    .setPinL0FilterAndIndexBlocksInCache(false)
                    .setPinTopLevelIndexAndFilter(true)
                    .setFilterPolicy(bloomFilter)
                    .setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash)
                    .setBlockSize(8 * 1024));
    options.setTablePropertiesCollectorFactory(List.of(deletions));
    this.flusher = thread("flusher");
    this.remover = thread("remover");
    if (removing) {
      remover.scheduleWithFixedDelay(
          this::removeWhatHasEnded, REMOVAL_PERIOD_MILLIS, REMOVAL_PERIOD_MILLIS, MILLISECONDS);
    }
    flusher.scheduleWithFixedDelay(
        this::flushWhatIsDue, LOOK_PERIOD_MILLIS, LOOK_PERIOD_MILLIS, MILLISECONDS);
  }

  private static ScheduledExecutorService thread(String name) {
    return Executors.newSingleThreadScheduledExecutor(
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        });
  }

  Options options() {
    return options;
  }

  /** Whether shards remove what has ended by themselves. */
  boolean removing() {
    return removing;
  }

  TestHooks hooks() {
    return hooks;
  }

  void opened(Shard shard, ShardStore store) {
    stores.add(store);
    shards.add(shard);
  }

  /** Waits for a flush of the store that may be under way; none follows. */
  void closing(Shard shard, ShardStore store) {
    shards.remove(shard);
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
      if (isDue(store, bytes)) {
        flush(store);
      }
    }
    if (total > config.memtableBytes() / 2) {
      flush(largest);
    }
  }

  private boolean isDue(ShardStore store, long bytes) {
    long now = System.nanoTime();
    return store.removedSinceFlush() > REMOVED_ROWS_FLUSH
        || now - store.lastFlushNanos() > config.flushAfter().toNanos()
        || bytes >= WORTH_A_FILE_BYTES
            && now - store.lastWriteNanos() > config.flushIdleAfter().toNanos();
  }

  /**
   * A little of each shard in turn, as long as there is something. Removal that fails is this
   * shard's trouble alone, as with a flush.
   */
  private void removeWhatHasEnded() {
    boolean more = true;
    while (more && !Thread.currentThread().isInterrupted()) {
      more = false;
      for (Shard shard : shards) {
        try {
          more |= shard.removeEnded();
        } catch (RuntimeException e) {
          log.error("removing what has ended failed", e);
          shards.remove(shard);
        }
      }
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
    remover.shutdownNow();
    flusher.shutdownNow();
    try {
      remover.awaitTermination(30, SECONDS);
      flusher.awaitTermination(30, SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      closed = true;
    }
    options.close();
    deletions.close();
    bloomFilter.close();
    rateLimiter.close();
    blockCache.close();
  }
}
