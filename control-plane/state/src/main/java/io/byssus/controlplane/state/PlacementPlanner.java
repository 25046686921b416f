package io.byssus.controlplane.state;

import io.byssus.clustermap.ClusterImage;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.PlannedShard;
import io.byssus.proto.internal.v1.ShardAssignment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Says which server shall hold which shard. Pure: from the map and the time to the shards that must
 * change; an empty plan where all is well. Changes as little as it can:
 *
 * <ul>
 *   <li>Nothing is placed before the log is ready and as many servers are up as the cluster
 *       expects. The first placement is balanced: replicas and feed owners differ by at most one
 *       between any two servers, as far as zones allow.
 *   <li>Replicas of one shard stand in different zones (label {@code zone}), and within a zone in
 *       different racks (label {@code rack}), where there are as many.
 *   <li>A replica stays where it is, until its server has been down for {@code replaceAfter} while
 *       somebody watched. Then it goes to the least loaded server that is up and does not hold the
 *       shard; where there is none it stays.
 *   <li>A server that comes gets replicas only of shards that have too few.
 *   <li>The feed owner is a replica that is up, the same one as long as it is; a replica that is
 *       being built is the last choice. None while no replica is up.
 * </ul>
 */
public final class PlacementPlanner {
  private final long replaceAfterMillis;

  /** A planner that replaces replicas whose server has been down for so long. */
  public PlacementPlanner(Duration replaceAfter) {
    this.replaceAfterMillis = replaceAfter.toMillis();
  }

  /**
   * The shards that must change, by number.
   *
   * @param nowMs the clock that the map's {@code since_ms} are of, milliseconds since 1970 UTC
   * @param watched how long the caller has watched the servers without a gap. A server counts as
   *     down for no longer than that: after the whole cluster was stopped every server was down for
   *     long, and none of them has had the time to come back; and {@code since_ms} may be of a
   *     clock that is behind this one
   */
  public List<PlannedShard> plan(ClusterImage image, long nowMs, Duration watched) {
    long watchedMillis = watched.toMillis();
    Optional<Cluster> cluster = image.cluster();
    if (cluster.isEmpty() || !image.logReady()) {
      return List.of();
    }
    ServerLoads loads = ServerLoads.of(image);
    Predicate<String> lost = nodeId -> isLost(image, nodeId, nowMs, watchedMillis);
    List<PlannedShard> plan = new ArrayList<>();
    for (ShardAssignment shard : image.shards()) {
      mend(image, shard, cluster.get().getReplicationFactor(), loads, lost).ifPresent(plan::add);
    }
    plan.addAll(placeMissing(image, cluster.get(), loads));
    return plan;
  }

  /** How many of the cluster's shards have fewer live replicas than they should. */
  public static int underReplicated(ClusterImage image) {
    if (image.cluster().isEmpty()) {
      return 0;
    }
    int factor = image.cluster().get().getReplicationFactor();
    int count = 0;
    for (ShardAssignment shard : image.shards()) {
      long up = shard.getReplicasList().stream().filter(id -> up(image, id)).count();
      count += up < factor ? 1 : 0;
    }
    return count;
  }

  private static List<PlannedShard> placeMissing(
      ClusterImage image, Cluster cluster, ServerLoads loads) {
    int missing = cluster.getShardCount() - image.shards().size();
    // A first placement that was cut short goes on with as few servers as can hold a shard.
    int needed =
        image.shards().isEmpty() ? cluster.getExpectedServers() : cluster.getReplicationFactor();
    if (missing == 0 || loads.servers() < needed) {
      return List.of();
    }
    List<PlannedShard.Builder> placed = new ArrayList<>(missing);
    for (int number = 0; number < cluster.getShardCount(); number++) {
      if (image.shard(number).isEmpty()) {
        List<String> replicas = new ArrayList<>();
        fill(replicas, number, cluster.getReplicationFactor(), loads);
        placed.add(PlannedShard.newBuilder().setShard(number).addAllReplicas(replicas));
      }
    }
    FeedOwners.choose(placed, loads);
    return placed.stream().map(PlannedShard.Builder::build).toList();
  }

  private Optional<PlannedShard> mend(
      ClusterImage image,
      ShardAssignment shard,
      int factor,
      ServerLoads loads,
      Predicate<String> isLost) {
    List<String> replicas = new ArrayList<>(shard.getReplicasList());
    for (int i = 0; i < replicas.size(); i++) {
      String lost = replicas.get(i);
      if (isLost.test(lost)) {
        Set<String> others = new HashSet<>(replicas);
        others.remove(lost);
        Optional<String> instead = loads.best(shard.getShard(), others, Set.of(lost));
        if (instead.isPresent()) {
          loads.moveReplica(lost, instead.get());
          replicas.set(i, instead.get());
        }
      }
    }
    fill(replicas, shard.getShard(), factor, loads);
    String owner = feedOwner(image, shard, replicas, loads);
    if (replicas.equals(shard.getReplicasList()) && owner.equals(shard.getFeedOwner())) {
      return Optional.empty();
    }
    loads.moveOwner(shard.getFeedOwner(), owner);
    return Optional.of(
        PlannedShard.newBuilder()
            .setShard(shard.getShard())
            .setPlannedFromEpoch(shard.getEpoch())
            .addAllReplicas(replicas)
            .setFeedOwner(owner)
            .build());
  }

  /** Adds replicas until there are enough, or no server is left. */
  private static void fill(List<String> replicas, int shard, int factor, ServerLoads loads) {
    while (replicas.size() < factor) {
      Optional<String> next = loads.best(shard, Set.copyOf(replicas), Set.of());
      if (next.isEmpty()) {
        return;
      }
      loads.moveReplica("", next.get());
      replicas.add(next.get());
    }
  }

  private static String feedOwner(
      ClusterImage image, ShardAssignment shard, List<String> replicas, ServerLoads loads) {
    if (replicas.contains(shard.getFeedOwner()) && up(image, shard.getFeedOwner())) {
      return shard.getFeedOwner();
    }
    List<String> up = replicas.stream().filter(id -> up(image, id)).toList();
    List<String> built = up.stream().filter(shard.getReplicasList()::contains).toList();
    return loads.leastOwning(built.isEmpty() ? up : built).orElse("");
  }

  private boolean isLost(ClusterImage image, String nodeId, long nowMs, long watchedMillis) {
    Optional<Node> node = image.node(nodeId);
    return node.isEmpty()
        || node.get().getRole() != NodeRole.SERVER
        || !node.get().getUp()
            && Math.min(nowMs - node.get().getSinceMs(), watchedMillis) >= replaceAfterMillis;
  }

  private static boolean up(ClusterImage image, String nodeId) {
    return image.node(nodeId).map(Node::getUp).orElse(false);
  }
}
