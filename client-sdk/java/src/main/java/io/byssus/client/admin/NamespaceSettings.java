package io.byssus.client.admin;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What a namespace is declared to be.
 *
 * <pre>{@code
 * NamespaceSettings.of("sessions").withDefaultTtl(Duration.ofMinutes(30)).withMaxVersions(3)
 * }</pre>
 *
 * @param name matches {@code _?[a-z][a-z0-9-]{0,61}}; a leading _ is the system's
 * @param conflictRule which of two writes of one record wins; fixed for the namespace's life
 * @param defaultTtl how long a put record lives that says nothing of its own: 1 s to 100 years;
 *     empty: without end. A change holds for records put from then on
 * @param tombstoneRetention under {@code VERSION}: how long a deletion is remembered, so that an
 *     older write cannot undo it: a minute to a year; empty: 7 days. Not under {@code LOG_ORDER}
 * @param maxVersions how many of a record's newest versions can be read: 1 to 1,000
 * @param readDefaults what reads do that do not say
 */
public record NamespaceSettings(
    String name,
    ConflictRule conflictRule,
    Optional<Duration> defaultTtl,
    Optional<Duration> tombstoneRetention,
    int maxVersions,
    ReadDefaults readDefaults) {
  /** Checks that nothing is null. Limits are checked by the call that uses it. */
  public NamespaceSettings {
    Objects.requireNonNull(name);
    Objects.requireNonNull(conflictRule);
    Objects.requireNonNull(defaultTtl);
    Objects.requireNonNull(tombstoneRetention);
    Objects.requireNonNull(readDefaults);
  }

  /** A namespace of {@code LOG_ORDER} whose records live without end, in one version each. */
  public static NamespaceSettings of(String name) {
    return new NamespaceSettings(
        name,
        ConflictRule.LOG_ORDER,
        Optional.empty(),
        Optional.empty(),
        1,
        ReadDefaults.eventual());
  }

  /** The same under another rule. */
  public NamespaceSettings withConflictRule(ConflictRule rule) {
    return new NamespaceSettings(
        name, rule, defaultTtl, tombstoneRetention, maxVersions, readDefaults);
  }

  /** The same; a record that says nothing of its own lives this long. */
  public NamespaceSettings withDefaultTtl(Duration ttl) {
    return new NamespaceSettings(
        name, conflictRule, Optional.of(ttl), tombstoneRetention, maxVersions, readDefaults);
  }

  /** The same; deletions are remembered this long. */
  public NamespaceSettings withTombstoneRetention(Duration retention) {
    return new NamespaceSettings(
        name, conflictRule, defaultTtl, Optional.of(retention), maxVersions, readDefaults);
  }

  /** The same; this many of a record's newest versions can be read. */
  public NamespaceSettings withMaxVersions(int versions) {
    return new NamespaceSettings(
        name, conflictRule, defaultTtl, tombstoneRetention, versions, readDefaults);
  }

  /** The same with other defaults of reads. */
  public NamespaceSettings withReadDefaults(ReadDefaults defaults) {
    return new NamespaceSettings(
        name, conflictRule, defaultTtl, tombstoneRetention, maxVersions, defaults);
  }
}
