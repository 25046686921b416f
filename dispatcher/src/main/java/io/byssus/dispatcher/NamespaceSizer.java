package io.byssus.dispatcher;

import io.byssus.clustermap.ClusterImage;
import io.byssus.clustermap.replicas.Replica;
import io.byssus.clustermap.replicas.ServerCalls;
import io.byssus.clustermap.replicas.ShardRouter;
import io.byssus.dispatcher.calls.CallDeadline;
import io.byssus.dispatcher.calls.UnaryAnswer;
import io.byssus.model.Position;
import io.byssus.proto.admin.v1.NamespaceSizes;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.NamespaceSize;
import io.byssus.proto.internal.v1.NamespaceSizesRequest;
import io.byssus.proto.internal.v1.NamespaceSizesResponse;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds up how much a namespace holds: one replica of each shard is asked, a server once for all
 * shards that it answers for, many servers at a time. Shards that were not told of are asked for at
 * up to two other replicas, and then left out: the answer says how many were counted.
 */
final class NamespaceSizer {
  private static final Logger log = LoggerFactory.getLogger(NamespaceSizer.class);
  private static final int SERVERS_AT_ONCE = 16;
  private static final int REPLICAS_ASKED = 3;

  private final Supplier<ClusterImage> map;
  private final ShardRouter router;
  private final ServerCalls servers;

  NamespaceSizer(Supplier<ClusterImage> map, ShardRouter router, ServerCalls servers) {
    this.map = map;
    this.router = router;
    this.servers = servers;
  }

  /** The sizes, as far as they are told before the deadline; blocks. */
  NamespaceSizes sizes(int namespaceId, CallDeadline deadline) {
    int shardCount = map.get().cluster().map(Cluster::getShardCount).orElse(0);
    NamespaceSizes.Builder sizes = NamespaceSizes.newBuilder().setShardCount(shardCount);
    // The best to ask first; the order is made once, so that each is asked once.
    Map<Integer, Iterator<Replica>> missing = new TreeMap<>();
    for (int shard = 0; shard < shardCount; shard++) {
      missing.put(shard, router.replicas(shard, Position.NONE).iterator());
    }
    for (int i = 0; i < REPLICAS_ASKED && !missing.isEmpty(); i++) {
      ask(namespaceId, byServer(missing), deadline, missing.keySet(), sizes);
    }
    return sizes.setShardsCounted(shardCount - missing.size()).build();
  }

  /** The shards by the server to ask for them next. */
  private static Map<Replica, List<Integer>> byServer(Map<Integer, Iterator<Replica>> shards) {
    Map<Replica, List<Integer>> byServer = new LinkedHashMap<>();
    shards.forEach(
        (shard, replicas) -> {
          if (replicas.hasNext()) {
            byServer.computeIfAbsent(replicas.next(), server -> new ArrayList<>()).add(shard);
          }
        });
    return byServer;
  }

  private void ask(
      int namespaceId,
      Map<Replica, List<Integer>> byServer,
      CallDeadline deadline,
      Set<Integer> missing,
      NamespaceSizes.Builder sizes) {
    List<Map.Entry<Replica, List<Integer>>> all = List.copyOf(byServer.entrySet());
    for (int from = 0; from < all.size() && !deadline.passed(); from += SERVERS_AT_ONCE) {
      long timeout = deadline.attemptNanos();
      List<CompletableFuture<NamespaceSizesResponse>> answers = new ArrayList<>();
      for (Map.Entry<Replica, List<Integer>> each :
          all.subList(from, Math.min(all.size(), from + SERVERS_AT_ONCE))) {
        NamespaceSizesRequest question =
            NamespaceSizesRequest.newBuilder()
                .setNamespaceId(namespaceId)
                .addAllShards(each.getValue())
                .build();
        answers.add(
            servers
                .ask(each.getKey(), ShardServiceGrpc.getNamespaceSizesMethod(), question, timeout)
                .exceptionally(failure -> untold(each.getKey(), failure)));
      }
      for (CompletableFuture<NamespaceSizesResponse> answer : answers) {
        for (NamespaceSize size : answer.join().getSizesList()) {
          if (missing.remove(size.getShard())) {
            sizes.setRecordsEstimate(sizes.getRecordsEstimate() + size.getRecordsEstimate());
            sizes.setDiskBytes(sizes.getDiskBytes() + size.getDiskBytes());
          }
        }
      }
    }
  }

  private static NamespaceSizesResponse untold(Replica server, Throwable failure) {
    log.info(
        "A server does not tell sizes: server={} reason={}",
        server.nodeId(),
        UnaryAnswer.causeOf(failure).getMessage());
    return NamespaceSizesResponse.getDefaultInstance();
  }
}
