package io.byssus.controlplane.state;

import io.byssus.clustermap.ClusterImage;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ShardAssignment;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What each server holds while a plan is made, and which one is best for the next replica. Only
 * servers that are up are candidates.
 */
final class ServerLoads {
  private final Map<String, Server> up = new TreeMap<>();
  private final Map<String, Server> all = new HashMap<>();
  private final Map<String, Zone> zones = new HashMap<>();

  /** The servers of a zone that are up, and what they hold together. */
  private static final class Zone {
    private int servers;
    private int replicas;

    /** Replicas per server, in millionths. */
    long average() {
      return servers == 0 ? 0 : replicas * 1_000_000L / servers;
    }
  }

  private static final class Server {
    private final String id;
    private final boolean up;
    private final String zone;
    private final String rack;
    private final long hash;
    private int replicas;
    private int owned;

    Server(Node node) {
      id = node.getNodeId();
      up = node.getUp();
      zone = node.getLabelsOrDefault("zone", "");
      // Racks of the same name in two zones are two racks.
      rack = zone + "/" + node.getLabelsOrDefault("rack", "");
      hash = mix(id.hashCode());
    }
  }

  static ServerLoads of(ClusterImage image) {
    ServerLoads loads = new ServerLoads();
    for (Node node : image.nodes()) {
      if (node.getRole() == NodeRole.SERVER) {
        Server server = new Server(node);
        loads.all.put(server.id, server);
        if (node.getUp()) {
          loads.up.put(server.id, server);
          loads.zones.computeIfAbsent(server.zone, name -> new Zone()).servers++;
        }
      }
    }
    for (ShardAssignment shard : image.shards()) {
      shard.getReplicasList().forEach(id -> loads.moveReplica("", id));
      loads.moveOwner("", shard.getFeedOwner());
    }
    return loads;
  }

  /** How many servers are up. */
  int servers() {
    return up.size();
  }

  /**
   * The server for one more replica of a shard: in a zone, then in a rack, that holds the fewest of
   * the shard's replicas; among those in the zone that is least loaded as a whole, and there the
   * server with the fewest replicas. (By servers alone, zones would drift apart: the least loaded
   * servers may all stand in one zone, which takes but one replica of each shard.) Equal ones are
   * told apart by shard, so that the shards of one server are spread over many others.
   *
   * @param holders the servers that hold the shard otherwise
   * @param excluded servers that must not be chosen
   */
  Optional<String> best(int shard, Set<String> holders, Set<String> excluded) {
    Server best = null;
    long[] bestRank = null;
    for (Server server : up.values()) {
      if (holders.contains(server.id) || excluded.contains(server.id)) {
        continue;
      }
      long[] rank = rank(server, shard, holders);
      if (best == null || Arrays.compare(rank, bestRank) < 0) {
        best = server;
        bestRank = rank;
      }
    }
    return Optional.ofNullable(best).map(server -> server.id);
  }

  private long[] rank(Server server, int shard, Set<String> holders) {
    int sameZone = 0;
    int sameRack = 0;
    for (String holder : holders) {
      Server other = all.get(holder);
      sameZone += other != null && other.zone.equals(server.zone) ? 1 : 0;
      sameRack += other != null && other.rack.equals(server.rack) ? 1 : 0;
    }
    return new long[] {
      sameZone,
      sameRack,
      zones.get(server.zone).average(),
      server.replicas,
      mix(server.hash + shard)
    };
  }

  /** The one of some servers that owns the fewest feeds, the first of equals. */
  Optional<String> leastOwning(Collection<String> ids) {
    String least = null;
    for (String id : ids) {
      if (least == null || owned(id) < owned(least)) {
        least = id;
      }
    }
    return Optional.ofNullable(least);
  }

  int owned(String id) {
    Server server = all.get(id);
    return server == null ? 0 : server.owned;
  }

  /** Takes a replica from one server and gives it to another; either may be empty or unknown. */
  void moveReplica(String from, String to) {
    addReplicas(from, -1);
    addReplicas(to, 1);
  }

  private void addReplicas(String id, int count) {
    Server server = all.get(id);
    if (server == null) {
      return;
    }
    server.replicas += count;
    if (server.up) {
      zones.get(server.zone).replicas += count;
    }
  }

  /** Takes a feed from one server and gives it to another; either may be empty or unknown. */
  void moveOwner(String from, String to) {
    Optional.ofNullable(all.get(from)).ifPresent(server -> server.owned--);
    Optional.ofNullable(all.get(to)).ifPresent(server -> server.owned++);
  }

  /** The servers that are up. */
  List<String> candidates() {
    return List.copyOf(up.keySet());
  }

  /** Spreads the bits of a number (the finaliser of SplitMix64). */
  private static long mix(long number) {
    long z = number + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
