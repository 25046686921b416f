package io.byssus.client.calls;

import com.google.protobuf.ByteString;
import io.byssus.model.ShardHash;

/**
 * What a client must know of a namespace to find its shards.
 *
 * @param id the namespace's number
 * @param shardCount the cluster's number of shards
 */
public record ResolvedNamespace(int id, int shardCount) {
  public int shard(ByteString partitionKey) {
    return ShardHash.shard(id, partitionKey, shardCount);
  }
}
