package io.byssus.bench.ceilings;

import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.HyperClockCache;
import org.rocksdb.IndexType;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteOptions;

/** Databases tuned as a shard's is: cache, files, compression, filters, no log of their own. */
final class DatabaseOptions implements AutoCloseable {
  static {
    RocksDB.loadLibrary();
  }

  private final Cache cache;
  private final BloomFilter filter = new BloomFilter(10);
  private final Options options;
  private final WriteOptions writes = new WriteOptions().setDisableWAL(true);

  /**
   * Options for databases that share a cache.
   *
   * @param cacheBytes for blocks, of all together
   * @param memtableBytes of all together
   * @param databases how many there will be
   */
  DatabaseOptions(long cacheBytes, long memtableBytes, int databases) {
    int writeBuffers = Math.max(4, databases);
    this.cache = new HyperClockCache(cacheBytes, 0, -1, false);
    this.options =
        new Options()
            .setCreateIfMissing(true)
            .setWriteBufferSize(memtableBytes / writeBuffers)
            .setMemtableWholeKeyFiltering(true)
            .setMemtablePrefixBloomSizeRatio(writeBuffers / 2_048.0)
            .setArenaBlockSize(128L << 10)
            .setMaxWriteBufferNumber(2)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setMaxBackgroundJobs(2)
            .setAvoidFlushDuringShutdown(true)
            .setTableFormatConfig(
                new BlockBasedTableConfig()
                    .setBlockCache(cache)
                    .setIndexType(IndexType.kTwoLevelIndexSearch)
                    .setPartitionFilters(true)
                    .setMetadataBlockSize(4 << 10)
                    .setCacheIndexAndFilterBlocks(true)
                    .setCacheIndexAndFilterBlocksWithHighPriority(true)
                    .setPinL0FilterAndIndexBlocksInCache(false)
                    .setPinTopLevelIndexAndFilter(true)
                    .setFilterPolicy(filter)
                    .setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash)
                    .setBlockSize(8 * 1024));
  }

  Options options() {
    return options;
  }

  WriteOptions writes() {
    return writes;
  }

  @Override
  public void close() {
    writes.close();
    options.close();
    filter.close();
    cache.close();
  }
}
