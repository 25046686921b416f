package io.byssus.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.byssus.client.admin.NamespaceDescription;
import io.byssus.client.admin.NamespaceSettings;
import io.byssus.client.admin.NamespaceSizes;
import io.byssus.client.admin.ReadDefaults;
import java.time.Duration;

/** Namespaces as JSON objects. What is not set is left out. */
final class NamespaceJson {
  private NamespaceJson() {}

  static ObjectNode of(NamespaceDescription namespace) {
    NamespaceSettings settings = namespace.settings();
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("name", namespace.name());
    object.put("id", namespace.id());
    object.put("state", namespace.state().name());
    object.put("conflict_rule", settings.conflictRule().name());
    object.put("max_versions", settings.maxVersions());
    settings.defaultTtl().ifPresent(ttl -> put(object, "default_ttl_ms", ttl));
    settings.tombstoneRetention().ifPresent(kept -> put(object, "tombstone_retention_ms", kept));
    object.set("read_defaults", of(settings.readDefaults()));
    object.put("rules_version", namespace.rulesVersion());
    object.put("created", namespace.created().toString());
    namespace.undeleteUntil().ifPresent(until -> object.put("undelete_until", until.toString()));
    namespace.sizes().ifPresent(sizes -> object.set("sizes", of(sizes)));
    return object;
  }

  private static ObjectNode of(ReadDefaults reads) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("level", reads.level().name());
    reads.maxStaleness().ifPresent(bound -> put(object, "max_staleness_ms", bound));
    reads.eventualMaxAge().ifPresent(age -> put(object, "eventual_max_age_ms", age));
    reads.cache().ifPresent(age -> put(object, "cache_ms", age));
    return object;
  }

  private static ObjectNode of(NamespaceSizes sizes) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("records_estimate", sizes.recordsEstimate());
    object.put("disk_bytes", sizes.diskBytes());
    object.put("shards_counted", sizes.shardsCounted());
    object.put("shard_count", sizes.shardCount());
    return object;
  }

  private static void put(ObjectNode object, String name, Duration duration) {
    object.put(name, duration.toMillis());
  }
}
