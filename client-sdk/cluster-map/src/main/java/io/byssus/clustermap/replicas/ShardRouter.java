package io.byssus.clustermap.replicas;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.Position;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ShardAssignment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Says which replicas to ask for a shard, the best first: from the map, which names the servers,
 * and from the {@link ReplicaBoard}, which knows how they stand.
 *
 * <p>Best are replicas that promise the answer: past the position that the read must see, or, where
 * there is none, at the log's end lately. Reads spread over these by chance. Then come the others
 * whose server reports, the furthest first; then those of which nothing is known; last those that
 * have just failed, halted or are down. All are named: any may be the only one left.
 */
public final class ShardRouter {
  private enum Rank {
    PROMISING,
    BEHIND,
    UNKNOWN,
    DOUBTFUL
  }

  private record Candidate(
      Replica replica, Rank rank, ReplicaBoard.Standing standing, long chance) {}

  private static final Comparator<Candidate> BY_AGE =
      Comparator.comparing(Candidate::rank)
          .thenComparingLong(c -> c.rank == Rank.PROMISING ? 0 : c.standing.ageMs())
          .thenComparingLong(Candidate::chance);

  private static final Comparator<Candidate> BY_POSITION =
      Comparator.comparing(Candidate::rank)
          .thenComparing(
              c -> c.rank == Rank.PROMISING ? 0 : c.standing.appliedPosition(),
              (a, b) -> Long.compareUnsigned(b, a))
          .thenComparingLong(Candidate::chance);

  private final Supplier<ClusterImage> map;
  private final ReplicaBoard board;
  private final RandomGenerator random;

  /**
   * A router.
   *
   * @param random safe for use by many threads
   */
  public ShardRouter(Supplier<ClusterImage> map, ReplicaBoard board, RandomGenerator random) {
    this.map = map;
    this.board = board;
    this.random = random;
  }

  /**
   * The replicas of a shard in the order to ask them.
   *
   * @param atLeast the position that the answer must have seen; 0: any
   */
  public List<Replica> replicas(int shard, long atLeast) {
    ClusterImage image = map.get();
    List<Candidate> candidates = new ArrayList<>();
    for (String nodeId : assigned(image, shard)) {
      image.node(nodeId).ifPresent(node -> candidates.add(candidate(node, shard, atLeast)));
    }
    candidates.sort(atLeast == Position.NONE ? BY_AGE : BY_POSITION);
    List<Replica> replicas = new ArrayList<>(candidates.size());
    for (Candidate candidate : candidates) {
      replicas.add(candidate.replica);
    }
    return replicas;
  }

  /**
   * Whether even the fastest replica of a shard is too far behind the log in time. Never where a
   * replica that may be ahead does not report: writes are not refused on a guess.
   *
   * @param limit how far the fastest replica may be behind
   */
  public boolean lagging(int shard, Duration limit) {
    ClusterImage image = map.get();
    long leastAgeMs = Long.MAX_VALUE;
    for (String nodeId : assigned(image, shard)) {
      ReplicaBoard.Standing standing = board.standing(nodeId, shard);
      if (standing.reporting() && standing.open()) {
        // A replica with no record to fetch does not lag, even if Kafka has been away for long.
        leastAgeMs = Math.min(leastAgeMs, standing.lagRecords() == 0 ? 0 : standing.ageMs());
      } else if (!standing.reporting() && image.node(nodeId).map(Node::getUp).orElse(false)) {
        return false;
      }
    }
    return leastAgeMs != Long.MAX_VALUE && leastAgeMs > limit.toMillis();
  }

  /** Whether a replica is known to have applied a position; 0: any. */
  public boolean reached(Replica replica, int shard, long position) {
    long applied = board.standing(replica.nodeId(), shard).appliedPosition();
    return Long.compareUnsigned(applied, position) >= 0;
  }

  /** A call to a server has just failed for a reason that concerns the server as a whole. */
  public void suspect(Replica replica) {
    board.suspect(replica.nodeId());
  }

  private static List<String> assigned(ClusterImage image, int shard) {
    return image.shard(shard).<List<String>>map(ShardAssignment::getReplicasList).orElse(List.of());
  }

  private Candidate candidate(Node node, int shard, long atLeast) {
    ReplicaBoard.Standing standing = board.standing(node.getNodeId(), shard);
    return new Candidate(
        new Replica(node.getNodeId(), node.getAddress()),
        rank(node, standing, atLeast),
        standing,
        random.nextLong());
  }

  private static Rank rank(Node node, ReplicaBoard.Standing standing, long atLeast) {
    if (standing.suspect() || standing.state() == ReplicaState.HALTED) {
      return Rank.DOUBTFUL;
    }
    if (!standing.reporting() || !standing.open()) {
      return node.getUp() ? Rank.UNKNOWN : Rank.DOUBTFUL;
    }
    boolean promising =
        atLeast == Position.NONE
            ? standing.fresh()
            : Long.compareUnsigned(standing.appliedPosition(), atLeast) >= 0;
    return promising ? Rank.PROMISING : Rank.BEHIND;
  }
}
