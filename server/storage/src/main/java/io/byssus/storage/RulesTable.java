package io.byssus.storage;

import com.google.protobuf.InvalidProtocolBufferException;
import io.byssus.proto.log.v1.NamespaceRules;
import java.util.HashMap;
import java.util.Map;

/**
 * The rules of each namespace that a shard has heard of. A newer version switches; an older one
 * changes nothing.
 */
final class RulesTable {
  private final Map<Integer, NamespaceRules> rules = new HashMap<>();

  void load(ShardStore store) {
    store.forEach(
        ShardKeys.RULES_PREFIX,
        (key, value) -> {
          try {
            NamespaceRules stored = NamespaceRules.parseFrom(value);
            rules.put(stored.getNamespaceId(), stored);
          } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("stored namespace rules do not parse", e);
          }
        });
  }

  void install(NamespaceRules brought, ShardBatch batch) {
    NamespaceRules held = rules.get(brought.getNamespaceId());
    if (held == null || Long.compareUnsigned(brought.getVersion(), held.getVersion()) > 0) {
      rules.put(brought.getNamespaceId(), brought);
      batch.put(ShardKeys.rules(brought.getNamespaceId()), brought.toByteArray());
    }
  }

  /** Whether the shard knows a namespace's rules in a version, or a newer one. */
  boolean knows(int namespaceId, long version) {
    NamespaceRules held = rules.get(namespaceId);
    return held != null && Long.compareUnsigned(held.getVersion(), version) >= 0;
  }
}
