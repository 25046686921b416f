package io.byssus.controlplane.state;

import io.byssus.model.Limits;
import io.byssus.model.NamespaceNames;
import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.admin.v1.ReadDefaults;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.kv.v1.Consistency;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.NamespaceRules;
import java.time.Duration;

/** What a namespace may be declared to be, and how the declaration is kept. */
public final class NamespaceSpecs {
  static final long MIN_TTL_MILLIS = 1_000;
  static final long MIN_TOMBSTONE_MILLIS = 60_000;
  static final long MAX_TOMBSTONE_MILLIS = 31_557_600_000L;
  static final long DEFAULT_TOMBSTONE_MILLIS = Duration.ofDays(7).toMillis();
  static final long MIN_EVENTUAL_AGE_MILLIS = 1_000;
  static final long MAX_EVENTUAL_AGE_MILLIS = Duration.ofDays(1).toMillis();
  static final long MAX_CACHE_MILLIS = 60_000;

  private NamespaceSpecs() {}

  /**
   * A declaration in the form in which it is kept: every default filled in. What is wrong in it
   * stays; see {@link #check}.
   */
  public static NamespaceSpec completed(NamespaceSpec spec) {
    NamespaceSpec.Builder whole = spec.toBuilder();
    if (spec.getConflictRule() == ConflictRule.CONFLICT_RULE_UNSPECIFIED) {
      whole.setConflictRule(ConflictRule.LOG_ORDER);
    }
    if (spec.getConflictRule() == ConflictRule.VERSION && spec.getTombstoneRetentionMs() == 0) {
      whole.setTombstoneRetentionMs(DEFAULT_TOMBSTONE_MILLIS);
    }
    if (spec.getMaxVersions() == 0) {
      whole.setMaxVersions(1);
    }
    whole.setReadDefaults(completed(spec.getReadDefaults()));
    return whole.build();
  }

  private static ReadDefaults completed(ReadDefaults reads) {
    return reads.getConsistency() == Consistency.CONSISTENCY_UNSPECIFIED
        ? reads.toBuilder().setConsistency(Consistency.EVENTUAL).build()
        : reads;
  }

  /** Finds everything that is wrong with a completed declaration. */
  static void check(NamespaceSpec spec, RequestChecks checks) {
    NamespaceNames.problem(spec.getName())
        .ifPresent(problem -> checks.require(false, "spec.name", problem));
    checks.require(
        spec.getConflictRule() != ConflictRule.UNRECOGNIZED,
        "spec.conflict_rule",
        "must be LOG_ORDER or VERSION; is number " + spec.getConflictRuleValue());
    checks.zeroOr(
        "spec.default_ttl_ms", spec.getDefaultTtlMs(), MIN_TTL_MILLIS, Limits.MAX_TTL_MILLIS);
    if (spec.getConflictRule() == ConflictRule.LOG_ORDER) {
      checks.require(
          spec.getTombstoneRetentionMs() == 0,
          "spec.tombstone_retention_ms",
          "must be 0 under LOG_ORDER; is " + Long.toUnsignedString(spec.getTombstoneRetentionMs()));
    } else {
      checks.zeroOr(
          "spec.tombstone_retention_ms",
          spec.getTombstoneRetentionMs(),
          MIN_TOMBSTONE_MILLIS,
          MAX_TOMBSTONE_MILLIS);
    }
    checks.range("spec.max_versions", spec.getMaxVersions(), 1, Limits.MAX_VERSIONS);
    check(spec.getReadDefaults(), checks);
  }

  private static void check(ReadDefaults reads, RequestChecks checks) {
    checks.require(
        reads.getConsistency() != Consistency.UNRECOGNIZED,
        "spec.read_defaults.consistency",
        "must be EVENTUAL, SESSION, BOUNDED or LINEARIZABLE; is number "
            + reads.getConsistencyValue());
    if (reads.getConsistency() == Consistency.BOUNDED) {
      checks.range(
          "spec.read_defaults.max_staleness_ms",
          reads.getMaxStalenessMs(),
          1,
          Limits.MAX_STALENESS_MILLIS);
    } else {
      checks.require(
          reads.getMaxStalenessMs() == 0,
          "spec.read_defaults.max_staleness_ms",
          "must be 0 unless consistency is BOUNDED; is "
              + Long.toUnsignedString(reads.getMaxStalenessMs()));
    }
    checks.zeroOr(
        "spec.read_defaults.eventual_max_age_ms",
        reads.getEventualMaxAgeMs(),
        MIN_EVENTUAL_AGE_MILLIS,
        MAX_EVENTUAL_AGE_MILLIS);
    checks.range("spec.read_defaults.cache_ms", reads.getCacheMs(), 0, MAX_CACHE_MILLIS);
  }

  /** The rules that a checked declaration gives to shards. */
  static NamespaceRules rules(NamespaceSpec spec, int namespaceId, long version) {
    return NamespaceRules.newBuilder()
        .setNamespaceId(namespaceId)
        .setVersion(version)
        .setName(spec.getName())
        .setConflictRule(spec.getConflictRule())
        .setDefaultTtlMs(spec.getDefaultTtlMs())
        .setTombstoneRetentionMs(spec.getTombstoneRetentionMs())
        .setMaxVersions(spec.getMaxVersions())
        .build();
  }

  /** What a namespace is declared to be. */
  public static NamespaceSpec of(NamespaceEntry entry) {
    NamespaceRules rules = entry.getRules();
    return NamespaceSpec.newBuilder()
        .setName(rules.getName())
        .setConflictRule(rules.getConflictRule())
        .setDefaultTtlMs(rules.getDefaultTtlMs())
        .setTombstoneRetentionMs(rules.getTombstoneRetentionMs())
        .setMaxVersions(rules.getMaxVersions())
        .setReadDefaults(entry.getReadDefaults())
        .build();
  }
}
