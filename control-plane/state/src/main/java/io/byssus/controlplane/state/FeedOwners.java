package io.byssus.controlplane.state;

import io.byssus.proto.internal.v1.PlannedShard;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Chooses the feed owners of shards that are placed for the first time, so that servers differ by
 * at most one.
 *
 * <p>First each shard goes to the replica that owns least. That may end uneven, since a shard can
 * only go where a replica is; so then, while some server owns at least two more than another, feeds
 * are handed on along a chain of shards from the one to the other: each link gives one shard to the
 * next server, and only the ends of the chain change their count. Where no chain exists the shards'
 * places allow no better.
 */
final class FeedOwners {
  private final List<PlannedShard.Builder> shards;
  private final ServerLoads loads;

  private FeedOwners(List<PlannedShard.Builder> shards, ServerLoads loads) {
    this.shards = shards;
    this.loads = loads;
  }

  /** Sets the feed owner of every shard, and counts it in the loads. */
  static void choose(List<PlannedShard.Builder> shards, ServerLoads loads) {
    FeedOwners owners = new FeedOwners(shards, loads);
    for (PlannedShard.Builder shard : shards) {
      String owner = loads.leastOwning(shard.getReplicasList()).orElse("");
      shard.setFeedOwner(owner);
      loads.moveOwner("", owner);
    }
    while (owners.handOnOne()) {}
  }

  private boolean handOnOne() {
    Map<String, List<PlannedShard.Builder>> owned = new HashMap<>();
    for (PlannedShard.Builder shard : shards) {
      owned.computeIfAbsent(shard.getFeedOwner(), id -> new ArrayList<>()).add(shard);
    }
    List<String> mostLoadedFirst =
        loads.candidates().stream()
            .sorted(Comparator.comparingInt(loads::owned).reversed())
            .toList();
    for (String from : mostLoadedFirst) {
      Optional<Deque<Link>> chain = chain(from, owned);
      if (chain.isPresent()) {
        chain.get().forEach(link -> link.shard.setFeedOwner(link.to));
        loads.moveOwner(from, chain.get().getLast().to);
        return true;
      }
    }
    return false;
  }

  private record Link(String from, PlannedShard.Builder shard, String to) {}

  /** The shortest chain from a server to one that owns at least two fewer. */
  private Optional<Deque<Link>> chain(String start, Map<String, List<PlannedShard.Builder>> owned) {
    Map<String, Link> reachedBy = new HashMap<>();
    Deque<String> next = new ArrayDeque<>(List.of(start));
    while (!next.isEmpty()) {
      String from = next.removeFirst();
      for (PlannedShard.Builder shard : owned.getOrDefault(from, List.of())) {
        for (String to : shard.getReplicasList()) {
          if (to.equals(start) || reachedBy.containsKey(to)) {
            continue;
          }
          reachedBy.put(to, new Link(from, shard, to));
          if (loads.owned(to) <= loads.owned(start) - 2) {
            return Optional.of(backTo(start, to, reachedBy));
          }
          next.addLast(to);
        }
      }
    }
    return Optional.empty();
  }

  private static Deque<Link> backTo(String start, String end, Map<String, Link> reachedBy) {
    Deque<Link> chain = new ArrayDeque<>();
    for (String at = end; !at.equals(start); at = chain.getFirst().from) {
      chain.addFirst(reachedBy.get(at));
    }
    return chain;
  }
}
