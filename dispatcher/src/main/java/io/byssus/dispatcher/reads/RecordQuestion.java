package io.byssus.dispatcher.reads;

import io.byssus.clustermap.replicas.ReadLevel;
import io.byssus.process.CallCriticality;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.kv.v1.Criticality;
import io.byssus.proto.kv.v1.Key;

/**
 * What one read of a record asks, whatever its level: reads that ask the same are equal.
 *
 * @param atVersion the highest version that is wanted; 0: the newest
 */
record RecordQuestion(int namespaceId, int shard, Key key, long atVersion) {

  /** As critical as the call at hand, which may have said so beside its message. */
  ShardGetRequest at(ReadLevel level, long atLeast) {
    ShardView view = level.view(shard, atLeast);
    Criticality criticality = CallCriticality.current();
    boolean saysSo = criticality == Criticality.DEFAULT || criticality == view.getCriticality();
    return ShardGetRequest.newBuilder()
        .setView(saysSo ? view : view.toBuilder().setCriticality(criticality).build())
        .setNamespaceId(namespaceId)
        .setKey(key)
        .setAtVersion(atVersion)
        .build();
  }
}
