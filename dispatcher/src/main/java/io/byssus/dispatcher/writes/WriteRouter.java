package io.byssus.dispatcher.writes;

import com.google.protobuf.ByteString;
import io.byssus.clustermap.ClusterImage;
import io.byssus.dispatcher.calls.DispatcherMetrics;
import io.byssus.dispatcher.calls.NamespaceResolver;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.ShardHash;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.proto.log.v1.NamespaceRules;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/** Says which way a write goes, and refuses those whose shard is too far behind. */
final class WriteRouter {
  private final Supplier<ClusterImage> map;
  private final IntPredicate lagging;
  private final RulesAnnouncer announcer;
  private final DispatcherMetrics metrics;

  /**
   * A router.
   *
   * @param lagging whether a shard's replicas are too far behind to take more
   */
  WriteRouter(
      Supplier<ClusterImage> map,
      IntPredicate lagging,
      RulesAnnouncer announcer,
      DispatcherMetrics metrics) {
    this.map = map;
    this.lagging = lagging;
    this.announcer = announcer;
    this.metrics = metrics;
  }

  /** The map of now. */
  ClusterImage image() {
    return map.get();
  }

  /**
   * The rules of a namespace that is known by name and id.
   *
   * @throws ByssusException NAMESPACE_NOT_FOUND, NAMESPACE_CHANGED
   */
  NamespaceRules rules(String name, int id) {
    ClusterImage image = map.get();
    NamespaceEntry namespace =
        image.namespace(name).orElseThrow(() -> image.namespaceNotFound(name));
    NamespaceResolver.checkId(namespace, id);
    return namespace.getRules();
  }

  /**
   * The way of a write.
   *
   * @throws ByssusException CLUSTER_NOT_READY, SHARD_LAGGING
   */
  WriteLane lane(NamespaceRules rules, ByteString partitionKey) {
    ClusterImage image = map.get();
    return lane(image, rules, shard(rules, partitionKey, shardCount(image)));
  }

  /**
   * The way of writes into a shard.
   *
   * @throws ByssusException CLUSTER_NOT_READY, SHARD_LAGGING
   */
  WriteLane lane(ClusterImage image, NamespaceRules rules, int shard) {
    ShardAssignment assignment = image.shard(shard).orElseThrow(WriteRouter::notReady);
    DispatcherMetrics.Shard meters = metrics.shard(shard);
    if (lagging.test(shard)) {
      meters.failed(ErrorCode.SHARD_LAGGING);
      throw new ByssusException(
          ErrorCode.SHARD_LAGGING,
          "even the fastest replica of shard " + shard + " is too far behind the log");
    }
    int incarnation = assignment.getIncarnation();
    boolean announcing = announcer.mustAnnounce(shard, incarnation, rules);
    return new WriteLane(shard, incarnation, rules, announcing, meters);
  }

  static int shard(NamespaceRules rules, ByteString partitionKey, int shardCount) {
    return ShardHash.shard(rules.getNamespaceId(), partitionKey, shardCount);
  }

  /**
   * How many shards there are.
   *
   * @throws ByssusException CLUSTER_NOT_READY
   */
  static int shardCount(ClusterImage image) {
    return image.cluster().map(Cluster::getShardCount).orElseThrow(WriteRouter::notReady);
  }

  private static ByssusException notReady() {
    return new ByssusException(
        ErrorCode.CLUSTER_NOT_READY, "the cluster has not placed its shards yet");
  }
}
