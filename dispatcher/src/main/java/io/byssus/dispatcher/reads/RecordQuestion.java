package io.byssus.dispatcher.reads;

import io.byssus.clustermap.replicas.ReadLevel;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.kv.v1.Key;

/**
 * What one read of a record asks, whatever its level: reads that ask the same are equal.
 *
 * @param atVersion the highest version that is wanted; 0: the newest
 */
record RecordQuestion(int namespaceId, int shard, Key key, long atVersion) {

  ShardGetRequest at(ReadLevel level, long atLeast) {
    return ShardGetRequest.newBuilder()
        .setView(level.view(shard, atLeast))
        .setNamespaceId(namespaceId)
        .setKey(key)
        .setAtVersion(atVersion)
        .build();
  }
}
