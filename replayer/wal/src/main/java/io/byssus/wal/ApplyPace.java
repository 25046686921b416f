package io.byssus.wal;

import java.util.concurrent.TimeUnit;

/**
 * When a shard is to be applied again. A large batch costs less for each of its entries than many
 * small ones: the upper levels of the shard's memtable, which other shards have driven out of the
 * processor's caches, are fetched once for all of them. So a shard rests after a batch, the longer
 * the larger it was: it gathers where entries come by the thousand a second, and hardly rests where
 * they do not. It never rests while somebody waits for it.
 *
 * <p>Not thread-safe.
 */
final class ApplyPace {
  /** The longest rest: so much later, at the most, does somebody see a write who just looks. */
  static final long MOST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** Of so many entries a batch is large enough. */
  static final int ENOUGH_ENTRIES = 2_000;

  /** The same in bytes. */
  static final long ENOUGH_BYTES = 1L << 20;

  /** From 5,000 entries a second on, batches grow until one of the limits is reached. */
  private static final long REST_NANOS_OF_ENTRY = TimeUnit.MICROSECONDS.toNanos(200);

  private boolean rests;
  private long restsUntilNanos;

  /** A batch of so many entries has been applied. */
  void applied(int entries, long nowNanos) {
    rests = true;
    restsUntilNanos = nowNanos + Math.min(MOST_REST_NANOS, entries * REST_NANOS_OF_ENTRY);
  }

  /** How long the shard is to rest still, with so much queued; 0 or less: not at all. */
  long restNanos(int entries, long bytes, long nowNanos) {
    return rests && entries < ENOUGH_ENTRIES && bytes < ENOUGH_BYTES
        ? restsUntilNanos - nowNanos
        : 0;
  }
}
