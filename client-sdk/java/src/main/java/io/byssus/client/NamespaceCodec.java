package io.byssus.client;

import io.byssus.client.admin.ConflictRule;
import io.byssus.client.admin.NamespaceDescription;
import io.byssus.client.admin.NamespaceSettings;
import io.byssus.client.admin.NamespaceSizes;
import io.byssus.client.admin.NamespaceState;
import io.byssus.client.admin.ReadDefaults;
import io.byssus.client.admin.ReadLevel;
import io.byssus.client.calls.Durations;
import io.byssus.proto.admin.v1.DescribeNamespaceResponse;
import io.byssus.proto.admin.v1.Namespace;
import io.byssus.proto.admin.v1.NamespaceSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Between the messages about namespaces and the values that users see. */
final class NamespaceCodec {
  private NamespaceCodec() {}

  static NamespaceSpec toProto(NamespaceSettings settings) {
    return NamespaceSpec.newBuilder()
        .setName(settings.name())
        .setConflictRule(
            settings.conflictRule() == ConflictRule.VERSION
                ? io.byssus.proto.log.v1.ConflictRule.VERSION
                : io.byssus.proto.log.v1.ConflictRule.LOG_ORDER)
        .setDefaultTtlMs(millis(settings.defaultTtl()))
        .setTombstoneRetentionMs(millis(settings.tombstoneRetention()))
        .setMaxVersions(settings.maxVersions())
        .setReadDefaults(toProto(settings.readDefaults()))
        .build();
  }

  private static io.byssus.proto.admin.v1.ReadDefaults toProto(ReadDefaults defaults) {
    return io.byssus.proto.admin.v1.ReadDefaults.newBuilder()
        .setConsistency(
            switch (defaults.level()) {
              case EVENTUAL -> io.byssus.proto.kv.v1.Consistency.EVENTUAL;
              case BOUNDED -> io.byssus.proto.kv.v1.Consistency.BOUNDED;
              case SESSION -> io.byssus.proto.kv.v1.Consistency.SESSION;
              case LINEARIZABLE -> io.byssus.proto.kv.v1.Consistency.LINEARIZABLE;
            })
        .setMaxStalenessMs(millis(defaults.maxStaleness()))
        .setEventualMaxAgeMs(millis(defaults.eventualMaxAge()))
        .setCacheMs(millis(defaults.cache()))
        .build();
  }

  static NamespaceDescription description(DescribeNamespaceResponse response) {
    io.byssus.proto.admin.v1.NamespaceSizes sizes = response.getSizes();
    return description(
        response.getNamespace(),
        response.hasSizes()
            ? Optional.of(
                new NamespaceSizes(
                    sizes.getRecordsEstimate(),
                    sizes.getDiskBytes(),
                    sizes.getShardsCounted(),
                    sizes.getShardCount()))
            : Optional.empty());
  }

  static NamespaceDescription description(Namespace namespace) {
    return description(namespace, Optional.empty());
  }

  private static NamespaceDescription description(
      Namespace namespace, Optional<NamespaceSizes> sizes) {
    return new NamespaceDescription(
        settings(namespace.getSpec()),
        namespace.getNamespaceId(),
        namespace.getRulesVersion(),
        Instant.ofEpochMilli(namespace.getCreatedMs()),
        state(namespace.getState()),
        namespace.getUndeleteUntilMs() == 0
            ? Optional.empty()
            : Optional.of(Instant.ofEpochMilli(namespace.getUndeleteUntilMs())),
        sizes);
  }

  private static NamespaceSettings settings(NamespaceSpec spec) {
    return new NamespaceSettings(
        spec.getName(),
        switch (spec.getConflictRule()) {
          case LOG_ORDER, CONFLICT_RULE_UNSPECIFIED -> ConflictRule.LOG_ORDER;
          case VERSION -> ConflictRule.VERSION;
          case UNRECOGNIZED -> ConflictRule.UNKNOWN;
        },
        duration(spec.getDefaultTtlMs()),
        duration(spec.getTombstoneRetentionMs()),
        Math.max(1, spec.getMaxVersions()),
        readDefaults(spec.getReadDefaults()));
  }

  private static ReadDefaults readDefaults(io.byssus.proto.admin.v1.ReadDefaults defaults) {
    return new ReadDefaults(
        switch (defaults.getConsistency()) {
          case EVENTUAL, CONSISTENCY_UNSPECIFIED, UNRECOGNIZED -> ReadLevel.EVENTUAL;
          case BOUNDED -> ReadLevel.BOUNDED;
          case SESSION -> ReadLevel.SESSION;
          case LINEARIZABLE -> ReadLevel.LINEARIZABLE;
        },
        duration(defaults.getMaxStalenessMs()),
        duration(defaults.getEventualMaxAgeMs()),
        duration(defaults.getCacheMs()));
  }

  private static NamespaceState state(io.byssus.proto.admin.v1.NamespaceState state) {
    return switch (state) {
      case NAMESPACE_STATE_UNSPECIFIED, ACTIVE -> NamespaceState.ACTIVE;
      case DELETED -> NamespaceState.DELETED;
      case DROPPING -> NamespaceState.DROPPING;
      case DROPPED -> NamespaceState.DROPPED;
      case UNRECOGNIZED -> NamespaceState.UNKNOWN;
    };
  }

  private static long millis(Optional<Duration> duration) {
    return duration.map(Durations::millis).orElse(0L);
  }

  private static Optional<Duration> duration(long millis) {
    return millis == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
  }
}
