package io.byssus.systemtests;

import io.byssus.model.ShardHash;
import java.nio.charset.StandardCharsets;

/** Partition keys for tests that need a certain shard. */
final class Partitions {
  private Partitions() {}

  /** A partition key, beginning with these letters, that lies in a shard. */
  static String in(int shard, int shardCount, int namespaceId, String letters) {
    for (int i = 0; ; i++) {
      String partition = letters + i;
      byte[] bytes = partition.getBytes(StandardCharsets.UTF_8);
      if (ShardHash.shard(namespaceId, bytes, shardCount) == shard) {
        return partition;
      }
    }
  }
}
