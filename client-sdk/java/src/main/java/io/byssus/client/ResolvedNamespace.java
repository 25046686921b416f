package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.model.ShardHash;

/**
 * What a client must know of a namespace to find its shards.
 *
 * @param id the namespace's number
 * @param shardCount the cluster's number of shards
 */
record ResolvedNamespace(int id, int shardCount) {
  int shard(ByteString partitionKey) {
    return ShardHash.shard(id, partitionKey, shardCount);
  }
}
