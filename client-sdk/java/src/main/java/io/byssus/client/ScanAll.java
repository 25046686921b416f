package io.byssus.client;

/**
 * How a whole namespace is read: shard by shard, several at a time. Immutable.
 *
 * @param parallelism how many shards are read at a time: 1 to 64. As many times two pieces of at
 *     most 4 MiB may wait to be taken
 */
public record ScanAll(int parallelism) {
  private static final int DEFAULT_PARALLELISM = 4;
  private static final int MAX_PARALLELISM = 64;

  /** Checks the limits. */
  public ScanAll {
    if (parallelism < 1 || parallelism > MAX_PARALLELISM) {
      throw new IllegalArgumentException(
          "parallelism is " + parallelism + "; the limits are 1 and " + MAX_PARALLELISM);
    }
  }

  /** Four shards at a time. */
  public static ScanAll defaults() {
    return new ScanAll(DEFAULT_PARALLELISM);
  }

  /** The same with another number of shards at a time. */
  public ScanAll withParallelism(int shards) {
    return new ScanAll(shards);
  }
}
