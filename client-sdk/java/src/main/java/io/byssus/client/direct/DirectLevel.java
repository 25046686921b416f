package io.byssus.client.direct;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Position;
import io.byssus.proto.admin.v1.ReadDefaults;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.proto.kv.v1.ReadOptions;

/**
 * How strong a read is: what its caller asked for, and where it said nothing, its namespace; as a
 * dispatcher has it.
 *
 * @param consistency one of the four levels
 * @param maxStalenessMs with BOUNDED: how stale the answer may be
 * @param maxAgeMs with EVENTUAL: how old the answer may be by its own account; 0: any age
 */
record DirectLevel(
    Consistency consistency, long maxStalenessMs, long maxAgeMs, ReadOptions options) {

  static DirectLevel of(ReadOptions options, NamespaceEntry namespace) {
    ReadDefaults defaults = namespace.getReadDefaults();
    boolean given = options.getConsistency() != Consistency.CONSISTENCY_UNSPECIFIED;
    Consistency level = given ? options.getConsistency() : defaults.getConsistency();
    if (level == Consistency.CONSISTENCY_UNSPECIFIED) {
      level = Consistency.EVENTUAL;
    }
    long staleness = given ? options.getMaxStalenessMs() : defaults.getMaxStalenessMs();
    return new DirectLevel(
        level,
        level == Consistency.BOUNDED ? staleness : 0,
        level == Consistency.EVENTUAL ? defaults.getEventualMaxAgeMs() : 0,
        options);
  }

  /** What the session has seen of a shard, where that counts; 0: nothing. */
  long seen(int shard) {
    return consistency == Consistency.SESSION
        ? options.getSessionTokenOrDefault(shard, Position.NONE)
        : Position.NONE;
  }

  ShardView view(int shard, long atLeast) {
    return ShardView.newBuilder()
        .setShard(shard)
        .setAtLeast(atLeast)
        .setConsistency(consistency)
        .setMaxStalenessMs(maxStalenessMs)
        .setCriticality(options.getCriticality())
        .build();
  }

  /**
   * Looks whether an answer is good enough.
   *
   * @throws ByssusException REPLICA_BEHIND where the namespace does not allow its age
   */
  void check(ReadContext answer) {
    if (maxAgeMs != 0 && answer.getAgeMs() > maxAgeMs) {
      throw new ByssusException(
          ErrorCode.REPLICA_BEHIND,
          "its answer is " + answer.getAgeMs() + " ms old; the limit is " + maxAgeMs);
    }
  }
}
