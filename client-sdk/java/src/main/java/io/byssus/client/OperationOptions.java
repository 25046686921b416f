package io.byssus.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one change of one record asks beside its value.
 *
 * @param condition what must hold of the record for the write to take effect; empty: nothing
 * @param version the version that the record gets, an unsigned number of 1 and up: required in a
 *     namespace of {@code VERSION}, refused in one of {@code LOG_ORDER}
 * @param lifetime how long the record lives, with put and increment; empty: put takes the
 *     namespace's default, increment leaves the record's expiry as it is
 */
public record OperationOptions(
    Optional<Condition> condition, OptionalLong version, Optional<Lifetime> lifetime) {
  private static final OperationOptions DEFAULTS =
      new OperationOptions(Optional.empty(), OptionalLong.empty(), Optional.empty());

  /** Checks that a version is not 0. */
  public OperationOptions {
    Objects.requireNonNull(condition);
    Objects.requireNonNull(version);
    Objects.requireNonNull(lifetime);
    if (version.isPresent() && version.getAsLong() == 0) {
      throw new IllegalArgumentException("a version is 1 or more, is 0");
    }
  }

  /** No condition, no version, the namespace's lifetime. */
  public static OperationOptions defaults() {
    return DEFAULTS;
  }

  /** The same under a condition. */
  public OperationOptions withCondition(Condition newCondition) {
    return new OperationOptions(Optional.of(newCondition), version, lifetime);
  }

  /** The same with a version of the caller's. */
  public OperationOptions withVersion(long newVersion) {
    return new OperationOptions(condition, OptionalLong.of(newVersion), lifetime);
  }

  /** The same; the record lives this long from when the write is applied. */
  public OperationOptions withTtl(Duration ttl) {
    return withLifetime(Lifetime.ttl(ttl));
  }

  /** The same; the record lives up to this moment. */
  public OperationOptions withExpiry(Instant expiry) {
    return withLifetime(Lifetime.until(expiry));
  }

  /** The same; the record lives without end, whatever the namespace's default. */
  public OperationOptions withoutExpiry() {
    return withLifetime(Lifetime.unending());
  }

  /** The same with a lifetime. */
  public OperationOptions withLifetime(Lifetime newLifetime) {
    return new OperationOptions(condition, version, Optional.of(newLifetime));
  }
}
