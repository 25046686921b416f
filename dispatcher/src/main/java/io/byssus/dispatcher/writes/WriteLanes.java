package io.byssus.dispatcher.writes;

import com.google.protobuf.ByteString;
import io.byssus.clustermap.ClusterImage;
import io.byssus.proto.log.v1.NamespaceRules;

/**
 * The ways that the writes of one stream go, each looked for once in a round of writes. Used by one
 * thread at a time.
 */
final class WriteLanes {
  private final WriteRouter router;
  private WriteLane[] lanes = {};
  private int[] foundIn = {};
  private int round;
  private ClusterImage image;
  private NamespaceRules rules;

  WriteLanes(WriteRouter router) {
    this.router = router;
  }

  /**
   * Begins a round.
   *
   * @throws io.byssus.model.ByssusException CLUSTER_NOT_READY
   */
  void begin(NamespaceRules rulesOfNow) {
    image = router.image();
    rules = rulesOfNow;
    round++;
    int shardCount = WriteRouter.shardCount(image);
    if (lanes.length != shardCount) {
      lanes = new WriteLane[shardCount];
      foundIn = new int[shardCount];
    }
  }

  /** The namespace's rules in this round. */
  NamespaceRules rules() {
    return rules;
  }

  /**
   * The way of a write.
   *
   * @throws io.byssus.model.ByssusException CLUSTER_NOT_READY, SHARD_LAGGING
   */
  WriteLane lane(ByteString partitionKey) {
    int shard = WriteRouter.shard(rules, partitionKey, lanes.length);
    if (lanes[shard] == null || foundIn[shard] != round) {
      lanes[shard] = router.lane(image, rules, shard);
      foundIn[shard] = round;
    }
    return lanes[shard];
  }
}
