package io.byssus.dispatcher.reads;

import com.google.protobuf.ByteString;
import io.byssus.clustermap.ClusterImage;
import io.byssus.clustermap.replicas.ReadLevel;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Position;
import io.byssus.model.ShardHash;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.proto.kv.v1.ReadOptions;
import java.util.function.Supplier;

/** Finds a read's shard, and the position of it that must be seen. */
final class ShardLocator {
  private final Supplier<ClusterImage> map;

  ShardLocator(Supplier<ClusterImage> map) {
    this.map = map;
  }

  /** The cluster's number of shards. */
  int count() {
    return map.get().cluster().orElseThrow(ShardLocator::notReady).getShardCount();
  }

  /** The shard of a partition key. */
  int of(int namespaceId, ByteString partitionKey) {
    return ShardHash.shard(namespaceId, partitionKey, count());
  }

  /** The incarnation of a shard's log, as far as this process knows. */
  int incarnation(int shard) {
    return map.get()
        .shard(shard)
        .map(ShardAssignment::getIncarnation)
        .orElseThrow(ShardLocator::notReady);
  }

  /**
   * The position that a read of a shard must see; 0: none.
   *
   * @throws ByssusException SESSION_LOST where the token is of an older incarnation
   */
  long atLeast(int shard, ReadLevel level, ReadOptions options) {
    return notLost(shard, level.seen(shard, options));
  }

  /**
   * A position that a token names. One of an older incarnation than the shard's means nothing any
   * more. One of a newer is no fault of the caller: this dispatcher's map is behind, and a replica
   * will know.
   */
  long notLost(int shard, long position) {
    int incarnation = incarnation(shard);
    if (position != Position.NONE && Position.incarnation(position) < incarnation) {
      throw new ByssusException(
          ErrorCode.SESSION_LOST,
          "the token is of incarnation "
              + Position.incarnation(position)
              + " of the log of shard "
              + shard
              + ", which is now in incarnation "
              + incarnation);
    }
    return position;
  }

  /** The later of two positions of one shard. */
  static long later(long a, long b) {
    return Long.compareUnsigned(a, b) >= 0 ? a : b;
  }

  private static ByssusException notReady() {
    return new ByssusException(
        ErrorCode.CLUSTER_NOT_READY, "the cluster is not initialised, or has no shards placed yet");
  }
}
