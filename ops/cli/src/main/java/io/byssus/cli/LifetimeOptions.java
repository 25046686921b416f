package io.byssus.cli;

import io.byssus.client.OperationOptions;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How long a record lives. */
final class LifetimeOptions {
  @ArgGroup(exclusive = true, multiplicity = "0..1")
  private End end;

  /** One way to say it at most. */
  private static final class End {
    @Option(
        names = "--ttl",
        paramLabel = "TIME",
        converter = DurationText.class,
        description = "The record is absent so long after the write, as in 30s, 10m or 7d.")
    private Duration ttl;

    @Option(
        names = "--expires-at",
        paramLabel = "MOMENT",
        converter = InstantText.class,
        description = "The record is absent from then on, as in 2026-11-22T10:00:00Z.")
    private Instant expiry;

    @Option(
        names = "--no-expiry",
        description = "The record lives without end, whatever the namespace's default.")
    private boolean unending;
  }

  /** The same change, with what was asked for. */
  OperationOptions applied(OperationOptions operation) {
    if (end == null) {
      return operation;
    }
    if (end.ttl != null) {
      return operation.withTtl(end.ttl);
    }
    return end.expiry == null ? operation.withoutExpiry() : operation.withExpiry(end.expiry);
  }
}
