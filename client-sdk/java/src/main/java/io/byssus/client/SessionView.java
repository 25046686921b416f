package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.client.calls.ResolvedNamespace;
import io.byssus.model.Position;
import io.byssus.proto.kv.v1.ReadOptions;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * What one attempt of a read must have seen: the session's positions of the shards concerned, as
 * they were when it was sent. Immutable.
 *
 * @param namespace how the shards were found; null where the read needs none
 * @param positions by shard, packed
 */
record SessionView(ResolvedNamespace namespace, Map<Integer, Long> positions) {
  /** Of a read that need not have seen anything. */
  static final SessionView NONE = new SessionView(null, Map.of());

  /** What the read's session has of the shards of these partition keys; nothing if it need not. */
  static SessionView of(
      ReadTerms terms, ResolvedNamespace namespace, Collection<ByteString> partitionKeys) {
    Map<Integer, Long> positions = new HashMap<>();
    if (terms.needsToken()) {
      for (ByteString partitionKey : partitionKeys) {
        int shard = namespace.shard(partitionKey);
        long position = terms.session().packed(shard);
        if (position != Position.NONE) {
          positions.put(shard, position);
        }
      }
    }
    return new SessionView(namespace, positions);
  }

  /** What the read's session has of one shard; nothing if it need not have seen it. */
  static SessionView ofShard(ReadTerms terms, ResolvedNamespace namespace, int shard) {
    long position = terms.needsToken() ? terms.session().packed(shard) : Position.NONE;
    return new SessionView(
        namespace, position == Position.NONE ? Map.of() : Map.of(shard, position));
  }

  ReadOptions options(ReadTerms terms) {
    ReadOptions.Builder options =
        ReadOptions.newBuilder()
            .setConsistency(terms.consistency().toProto())
            .setCriticality(terms.tag().criticality())
            .putAllSessionToken(positions);
    terms
        .consistency()
        .maxStaleness()
        .ifPresent(staleness -> options.setMaxStalenessMs(staleness.toMillis()));
    return options.build();
  }

  /** Whether the shard that answered for a partition key is the one that was expected. */
  boolean expected(ByteString partitionKey, int answeredShard) {
    return namespace == null || namespace.shard(partitionKey) == answeredShard;
  }

  /**
   * Drops from the session what a shard has refused.
   *
   * @return whether the caller is the first to learn of it
   */
  boolean drop(Session session, int shard) {
    Long sent = positions.get(shard);
    return sent != null && session.lost(shard, sent);
  }
}
