package io.byssus.model;

import com.google.protobuf.ByteString;

/**
 * The map from a partition key to its shard: {@code floor(h × count / 2^64)}, {@code h} being the
 * unsigned {@link XxHash64} with seed 0 of the namespace id (4 bytes, big-endian) followed by the
 * partition key.
 *
 * <p>The map is monotone in {@code h}: with twice the count, what was in shard i is in 2i and 2i+1
 * and nowhere else. Test vectors for other languages stand in {@code
 * proto/vectors/shard-hash.json}.
 */
public final class ShardHash {
  private ShardHash() {}

  /**
   * The shard of a partition key.
   *
   * @param shardCount 1 to 65,536
   * @return 0 to {@code shardCount} − 1
   */
  public static int shard(int namespaceId, byte[] partitionKey, int shardCount) {
    return scale(hash(namespaceId, partitionKey), shardCount);
  }

  /** As {@link #shard(int, byte[], int)}, without a copy of the key on the way. */
  public static int shard(int namespaceId, ByteString partitionKey, int shardCount) {
    byte[] input = input(namespaceId, partitionKey.size());
    partitionKey.copyTo(input, 4);
    return scale(XxHash64.hash(input, 0), shardCount);
  }

  /** The unsigned hash of a partition key. */
  static long hash(int namespaceId, byte[] partitionKey) {
    byte[] input = input(namespaceId, partitionKey.length);
    System.arraycopy(partitionKey, 0, input, 4, partitionKey.length);
    return XxHash64.hash(input, 0);
  }

  private static byte[] input(int namespaceId, int keyBytes) {
    byte[] input = new byte[4 + keyBytes];
    input[0] = (byte) (namespaceId >>> 24);
    input[1] = (byte) (namespaceId >>> 16);
    input[2] = (byte) (namespaceId >>> 8);
    input[3] = (byte) namespaceId;
    return input;
  }

  /** {@code floor(h × count / 2^64)} for an unsigned h. */
  static int scale(long hash, int count) {
    // multiplyHigh takes both numbers as signed, which is short by `count` where the hash's top bit
    // is set.
    return (int) (Math.multiplyHigh(hash, count) + ((hash >> 63) & count));
  }
}
