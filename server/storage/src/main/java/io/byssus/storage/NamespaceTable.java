package io.byssus.storage;

import io.byssus.proto.log.v1.NamespaceRules;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The namespaces that a shard has heard of, each with its rules, and those that were dropped. A
 * newer version of rules switches; an older one changes nothing. A dropped id is dropped for good.
 */
final class NamespaceTable {
  private final Map<Integer, ShardNamespace> namespaces = new HashMap<>();
  private final Set<Integer> dropped = new HashSet<>();
  private Set<Integer> ids = Set.of();

  void load(ShardStore store) {
    store.forEach(
        ShardKeys.RULES_PREFIX,
        (key, value) -> {
          ShardNamespace namespace = ShardNamespace.decode(value);
          namespaces.put(namespace.id(), namespace);
        });
    ids = Set.copyOf(namespaces.keySet());
    store.forEach(
        ShardKeys.DROPPED_PREFIX, (key, value) -> dropped.add(ByteBuffer.wrap(key).getInt(2)));
  }

  void install(NamespaceRules brought, ShardBatch batch) {
    int id = brought.getNamespaceId();
    ShardNamespace held = namespaces.get(id);
    if (dropped.contains(id)) {
      return;
    }
    if (held == null) {
      keep(ShardNamespace.first(brought), batch);
    } else if (Long.compareUnsigned(brought.getVersion(), held.rules().getVersion()) > 0) {
      keep(held.under(brought), batch);
    }
  }

  private void keep(ShardNamespace namespace, ShardBatch batch) {
    if (namespaces.put(namespace.id(), namespace) == null) {
      ids = Set.copyOf(namespaces.keySet());
    }
    batch.put(ShardKeys.rules(namespace.id()), namespace.encode());
  }

  /**
   * A record of a namespace is about to become more than one row: writes look first from now on.
   */
  ShardNamespace lookFirst(ShardNamespace namespace, ShardBatch batch) {
    if (!namespace.plain()) {
      return namespace;
    }
    ShardNamespace looking = namespace.notPlain();
    keep(looking, batch);
    return looking;
  }

  void drop(int namespaceId, ShardBatch batch) {
    namespaces.remove(namespaceId);
    ids = Set.copyOf(namespaces.keySet());
    batch.delete(ShardKeys.rules(namespaceId));
    if (dropped.add(namespaceId)) {
      batch.put(ShardKeys.dropped(namespaceId), new byte[0]);
    }
  }

  boolean isDropped(int namespaceId) {
    return dropped.contains(namespaceId);
  }

  /** Whether the shard knows a namespace's rules in a version, or a newer one. */
  boolean knows(int namespaceId, long version) {
    ShardNamespace held = namespaces.get(namespaceId);
    return held != null && Long.compareUnsigned(held.rules().getVersion(), version) >= 0;
  }

  /** A namespace that the shard knows. */
  ShardNamespace get(int namespaceId) {
    return namespaces.get(namespaceId);
  }

  /** The ids of all that the shard knows and has not dropped. */
  Set<Integer> ids() {
    return ids;
  }
}
