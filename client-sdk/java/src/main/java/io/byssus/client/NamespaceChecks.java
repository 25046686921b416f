package io.byssus.client;

import io.byssus.client.admin.ConflictRule;
import io.byssus.client.admin.NamespaceSettings;
import io.byssus.client.admin.ReadDefaults;
import io.byssus.client.admin.ReadLevel;
import io.byssus.client.calls.Durations;
import io.byssus.model.ByssusException;
import io.byssus.model.FieldProblem;
import io.byssus.model.Limits;
import io.byssus.model.NamespaceNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The limits on what a namespace may be declared to be. The control plane checks again. */
final class NamespaceChecks {
  private final List<FieldProblem> problems = new ArrayList<>();

  private NamespaceChecks() {}

  /**
   * @throws InvalidRequestException naming every field at fault
   */
  static void settings(NamespaceSettings settings) {
    NamespaceChecks checks = new NamespaceChecks();
    NamespaceNames.problem(settings.name()).ifPresent(p -> checks.add("spec.name", p));
    if (settings.conflictRule() == ConflictRule.UNKNOWN) {
      checks.add("spec.conflict_rule", "is none that this client knows");
    }
    Duration longest = Duration.ofMillis(Limits.MAX_TTL_MILLIS);
    checks.within("spec.default_ttl_ms", settings.defaultTtl(), Duration.ofSeconds(1), longest);
    checks.within(
        "spec.tombstone_retention_ms",
        settings.tombstoneRetention(),
        Duration.ofMinutes(1),
        Duration.ofMillis(31_557_600_000L));
    if (settings.conflictRule() == ConflictRule.LOG_ORDER
        && settings.tombstoneRetention().isPresent()) {
      checks.add("spec.tombstone_retention_ms", "is set; LOG_ORDER has none");
    }
    if (settings.maxVersions() < 1 || settings.maxVersions() > Limits.MAX_VERSIONS) {
      checks.add(
          "spec.max_versions",
          "is " + settings.maxVersions() + "; the limits are 1 and " + Limits.MAX_VERSIONS);
    }
    checks.readDefaults(settings.readDefaults());
    if (!checks.problems.isEmpty()) {
      String message = ByssusException.invalid(checks.problems).getMessage();
      throw new InvalidRequestException(message, checks.problems, null);
    }
  }

  private void readDefaults(ReadDefaults defaults) {
    boolean bounded = defaults.level() == ReadLevel.BOUNDED;
    if (bounded != defaults.maxStaleness().isPresent()) {
      add(
          "spec.read_defaults.max_staleness_ms",
          bounded ? "is not set; BOUNDED needs it" : "is set; only BOUNDED has it");
    }
    within(
        "spec.read_defaults.max_staleness_ms",
        defaults.maxStaleness(),
        Duration.ofMillis(1),
        Duration.ofMillis(Limits.MAX_STALENESS_MILLIS));
    within(
        "spec.read_defaults.eventual_max_age_ms",
        defaults.eventualMaxAge(),
        Duration.ofSeconds(1),
        Duration.ofDays(1));
    within(
        "spec.read_defaults.cache_ms",
        defaults.cache(),
        Duration.ofMillis(1),
        Duration.ofMinutes(1));
  }

  private void within(String field, Optional<Duration> value, Duration least, Duration most) {
    if (value.isPresent()
        && (value.get().compareTo(least) < 0 || value.get().compareTo(most) > 0)) {
      add(
          field,
          "is "
              + Durations.millis(value.get())
              + "; the limits are "
              + least.toMillis()
              + " and "
              + most.toMillis());
    }
  }

  private void add(String field, String problem) {
    problems.add(new FieldProblem(field, problem));
  }
}
