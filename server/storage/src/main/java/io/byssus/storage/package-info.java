/**
 * One shard on disk: a RocksDB whose every write batch holds the changes of some log entries
 * together with the position behind them, and nothing else ever changes it.
 *
 * <p>Begin with {@link io.byssus.storage.Shard}; what a log record does is in {@code ShardApplier};
 * where things stand on disk is in {@code ShardKeys}.
 */
package io.byssus.storage;
