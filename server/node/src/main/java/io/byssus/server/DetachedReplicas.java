package io.byssus.server;

import io.byssus.clustermap.ClusterImage;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.ClusterMap;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.storage.NodeStorage;
import io.byssus.storage.Shard;
import io.byssus.storage.StorageConfig;
import io.byssus.wal.WalConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * All replicas of a cluster on one node, followed as a server follows them, without the server
 * around them: nobody places them, nobody reads from them. To measure what replay costs.
 */
public final class DetachedReplicas implements AutoCloseable {
  private static final String NODE = "detached";

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final NodeStorage storage;
  private final ReplicaHost host;

  private DetachedReplicas(Path shards, WalConfig kafka, StorageConfig storage, int applyThreads) {
    this.storage = new NodeStorage(storage);
    this.host =
        new ReplicaHost(
            NODE,
            NODE,
            shards,
            this.storage,
            kafka,
            applyThreads,
            new ReplicaMetrics(meters, this.storage));
  }

  /**
   * Opens a replica of each shard, from where its data stands, and follows the log from there.
   *
   * @param shards where the replicas are, a folder each
   * @param cluster whose log it is; with the log
   * @param applyThreads how many replicas are applied at once
   */
  public static DetachedReplicas start(
      Path shards, WalConfig kafka, Cluster cluster, StorageConfig storage, int applyThreads) {
    DetachedReplicas replicas = new DetachedReplicas(shards, kafka, storage, applyThreads);
    try {
      replicas.host.follow(map(cluster));
      return replicas;
    } catch (RuntimeException e) {
      replicas.close();
      throw e;
    }
  }

  private static ClusterImage map(Cluster cluster) {
    ClusterMap.Builder map =
        ClusterMap.newBuilder()
            .setRevision(1)
            .setCluster(cluster)
            .addNodes(Node.newBuilder().setNodeId(NODE).setInstanceId(NODE));
    for (int shard = 0; shard < cluster.getShardCount(); shard++) {
      map.addShards(ShardAssignment.newBuilder().setShard(shard).setEpoch(1).addReplicas(NODE));
    }
    return ClusterImage.of(map.build());
  }

  /**
   * Completes when each of these shards has applied its log up to an offset, included; fails where
   * a replica halts first. On a thread that applies: what depends on it must not block.
   *
   * @param offsets by shard
   */
  public CompletableFuture<Void> applied(Map<Integer, Long> offsets) {
    CompletableFuture<Void> all = new CompletableFuture<>();
    CompletableFuture<?>[] each =
        offsets.entrySet().stream()
            .map(shard -> host.replica(shard.getKey()).awaitOffset(shard.getValue()))
            .toArray(CompletableFuture[]::new);
    for (CompletableFuture<?> one : each) {
      one.whenComplete(
          (nothing, failure) -> {
            if (failure != null) {
              all.completeExceptionally(failure);
            }
          });
    }
    CompletableFuture.allOf(each).thenRun(() -> all.complete(null));
    return all;
  }

  /** How many writes have taken effect since the start, over all shards. */
  public long writes() {
    return host.replicas().stream()
        .map(Replica::shardIfOpen)
        .flatMap(Optional::stream)
        .map(Shard::counts)
        .mapToLong(counts -> counts.writes())
        .sum();
  }

  /** Ends the replay and closes the replicas; their data stays, flushed. */
  @Override
  public void close() {
    host.close();
    storage.close();
    meters.close();
  }
}
