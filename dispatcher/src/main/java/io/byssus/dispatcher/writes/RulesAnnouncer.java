package io.byssus.dispatcher.writes;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.byssus.proto.log.v1.NamespaceRules;

/**
 * Knows which namespace rules each shard's log has acknowledged to this process. Until it has,
 * every write carries the rules themselves, so that no write can overtake its rules.
 *
 * <p>Remembers a bounded number of pairs of shard and namespace; one that is forgotten is announced
 * again, which costs a few bytes and changes nothing. A log that starts anew under another
 * incarnation may have lost rules, so that the incarnation is part of what is remembered.
 */
final class RulesAnnouncer {
  private static final int MAX_REMEMBERED = 200_000;

  private final Cache<Place, Long> acknowledged =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).executor(Runnable::run).build();

  private record Place(int shard, int incarnation, int namespaceId) {}

  /** Whether a write to the shard must carry the rules. */
  boolean mustAnnounce(int shard, int incarnation, NamespaceRules rules) {
    Long version = acknowledged.getIfPresent(new Place(shard, incarnation, rules.getNamespaceId()));
    return version == null || Long.compareUnsigned(version, rules.getVersion()) < 0;
  }

  /** The shard's log acknowledged a record that carried the rules. */
  void acknowledged(int shard, int incarnation, NamespaceRules rules) {
    acknowledged
        .asMap()
        .merge(
            new Place(shard, incarnation, rules.getNamespaceId()),
            rules.getVersion(),
            (a, b) -> Long.compareUnsigned(a, b) >= 0 ? a : b);
  }
}
