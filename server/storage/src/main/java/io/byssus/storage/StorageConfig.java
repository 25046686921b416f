package io.byssus.storage;

import java.time.Duration;

/**
 * What a node's shards may use together.
 *
 * @param blockCacheBytes cache of blocks read from disk, bytes
 * @param memtableBytes what is applied and not yet flushed, over all shards, bytes
 * @param flushAfter a shard with anything unflushed is flushed when its last flush is this long ago
 * @param flushIdleAfter a shard with enough unflushed to be worth a file is flushed when nothing
 *     was applied to it for this long
 */
public record StorageConfig(
    long blockCacheBytes, long memtableBytes, Duration flushAfter, Duration flushIdleAfter) {
  /**
   * 128 MiB of cache, 64 MiB of memtables, flushed every 10 minutes at the latest, and when nothing
   * was applied for 10 seconds.
   */
  public static final StorageConfig DEFAULT =
      new StorageConfig(128L << 20, 64L << 20, Duration.ofMinutes(10), Duration.ofSeconds(10));

  /** Checks the ranges. */
  public StorageConfig {
    if (blockCacheBytes < 1 << 20) {
      throw new IllegalArgumentException("the block cache must be at least 1 MiB");
    }
    if (memtableBytes < 4 << 20) {
      throw new IllegalArgumentException("the memtables must have at least 4 MiB");
    }
  }
}
