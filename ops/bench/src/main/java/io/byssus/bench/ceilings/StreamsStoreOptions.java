package io.byssus.bench.ceilings;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;

/**
 * Gives all state stores of the process one block cache, as Kafka's documentation advises. All else
 * is as Kafka Streams has it. Made by Kafka Streams, for each store.
 */
public final class StreamsStoreOptions implements RocksDBConfigSetter {
  /** The setting that holds the bytes of the cache. */
  static final String CACHE_BYTES = "stores.cache.bytes";

  private static Cache shared;

  @Override
  public void setConfig(String store, Options options, Map<String, Object> settings) {
    BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
    table.setBlockCache(cache(Long.parseLong((String) settings.get(CACHE_BYTES))));
    table.setCacheIndexAndFilterBlocks(true);
    options.setTableFormatConfig(table);
  }

  /** The cache is closed by nobody: it lives as long as the process. */
  private static synchronized Cache cache(long bytes) {
    if (shared == null) {
      shared = new LRUCache(bytes);
    }
    return shared;
  }

  @Override
  public void close(String store, Options options) {
    // The cache is other stores' as well.
  }
}
