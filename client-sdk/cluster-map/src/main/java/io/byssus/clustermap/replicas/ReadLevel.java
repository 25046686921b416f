package io.byssus.clustermap.replicas;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Position;
import io.byssus.proto.admin.v1.ReadDefaults;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.kv.v1.Criticality;
import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.proto.kv.v1.ReadOptions;
import java.util.Optional;

/**
 * How strong a read is: what its caller asked for, and where it said nothing, its namespace. The
 * same for a read that a dispatcher makes and for one that an SDK makes straight from a server.
 *
 * @param consistency the level; one of the four
 * @param maxStalenessMs with BOUNDED: how stale the answer may be
 * @param maxAgeMs with EVENTUAL: how old the answer may be by its own account; 0: any age
 * @param cacheMs how old a dispatcher's own memory of an answer may be; 0: none is kept
 */
public record ReadLevel(
    Consistency consistency,
    long maxStalenessMs,
    long maxAgeMs,
    long cacheMs,
    Criticality criticality) {

  /** What a read of a namespace asks for. */
  public static ReadLevel of(ReadOptions options, NamespaceEntry namespace) {
    ReadDefaults defaults = namespace.getReadDefaults();
    boolean given = options.getConsistency() != Consistency.CONSISTENCY_UNSPECIFIED;
    Consistency level = given ? options.getConsistency() : defaults.getConsistency();
    if (level == Consistency.CONSISTENCY_UNSPECIFIED) {
      level = Consistency.EVENTUAL;
    }
    long staleness = given ? options.getMaxStalenessMs() : defaults.getMaxStalenessMs();
    return new ReadLevel(
        level,
        level == Consistency.BOUNDED ? staleness : 0,
        level == Consistency.EVENTUAL ? defaults.getEventualMaxAgeMs() : 0,
        defaults.getCacheMs(),
        options.getCriticality());
  }

  /**
   * What the caller's session has seen of a shard, where that counts: a position, packed; {@link
   * Position#NONE} for nothing.
   *
   * @param options of the read that this is the level of
   */
  public long seen(int shard, ReadOptions options) {
    return consistency == Consistency.SESSION
        ? options.getSessionTokenOrDefault(shard, Position.NONE)
        : Position.NONE;
  }

  /**
   * The read of a shard at this level.
   *
   * @param atLeast the position that the answer must hold, packed; {@link Position#NONE} for none
   */
  public ShardView view(int shard, long atLeast) {
    return ShardView.newBuilder()
        .setShard(shard)
        .setAtLeast(atLeast)
        .setConsistency(consistency)
        .setMaxStalenessMs(maxStalenessMs)
        .setCriticality(criticality)
        .build();
  }

  /** Whether a replica that cannot answer now may be able to in a moment. */
  public boolean mayWait() {
    return consistency != Consistency.EVENTUAL;
  }

  /** Why an answer is not good enough; empty where it is. */
  public Optional<ByssusException> objection(ReadContext answer) {
    if (maxAgeMs == 0 || answer.getAgeMs() <= maxAgeMs) {
      return Optional.empty();
    }
    return Optional.of(
        new ByssusException(
            ErrorCode.REPLICA_BEHIND,
            "its answer is "
                + answer.getAgeMs()
                + " ms old, and the namespace allows "
                + maxAgeMs
                + " ms"));
  }
}
