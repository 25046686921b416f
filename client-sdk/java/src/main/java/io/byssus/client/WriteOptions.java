package io.byssus.client;

import io.byssus.client.calls.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * How one write differs from the client's defaults. What is empty is as the client was built.
 *
 * @param deadline how long the write may take in all, waiting for its turn and retries included
 * @param acknowledgement when it is answered; writes under conditions and increments are always
 *     answered when applied
 * @param session where its position is noted; empty: the client's own session
 * @param criticality when it is refused by a process that is overloaded
 * @param operation condition, version and lifetime of a write of one record; those of a {@link
 *     WriteBatch} stand in the batch
 */
public record WriteOptions(
    Optional<Duration> deadline,
    Optional<Acknowledgement> acknowledgement,
    Optional<Session> session,
    Optional<Criticality> criticality,
    OperationOptions operation) {
  private static final WriteOptions DEFAULTS =
      new WriteOptions(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          OperationOptions.defaults());

  /** Checks that a deadline is positive. */
  public WriteOptions {
    Objects.requireNonNull(acknowledgement);
    Objects.requireNonNull(session);
    Objects.requireNonNull(criticality);
    Objects.requireNonNull(operation);
    deadline.ifPresent(Durations::requirePositive);
  }

  /** Everything as the client was built. */
  public static WriteOptions defaults() {
    return DEFAULTS;
  }

  /** The same with another deadline, which must be positive. */
  public WriteOptions withDeadline(Duration newDeadline) {
    return new WriteOptions(
        Optional.of(newDeadline), acknowledgement, session, criticality, operation);
  }

  /** The same, answered at another moment. */
  public WriteOptions withAcknowledgement(Acknowledgement newAcknowledgement) {
    return new WriteOptions(
        deadline, Optional.of(newAcknowledgement), session, criticality, operation);
  }

  /** The same, noted in another session. */
  public WriteOptions withSession(Session newSession) {
    return new WriteOptions(
        deadline, acknowledgement, Optional.of(newSession), criticality, operation);
  }

  /** The same, more or less critical. */
  public WriteOptions withCriticality(Criticality newCriticality) {
    return new WriteOptions(
        deadline, acknowledgement, session, Optional.of(newCriticality), operation);
  }

  /** The same under a condition on the record. */
  public WriteOptions withCondition(Condition condition) {
    return withOperation(operation.withCondition(condition));
  }

  /** The same; the record gets this version, an unsigned number of 1 and up. */
  public WriteOptions withVersion(long version) {
    return withOperation(operation.withVersion(version));
  }

  /** The same; the record lives this long from when the write is applied. */
  public WriteOptions withTtl(Duration ttl) {
    return withOperation(operation.withTtl(ttl));
  }

  /** The same; the record lives up to this moment. */
  public WriteOptions withExpiry(Instant expiry) {
    return withOperation(operation.withExpiry(expiry));
  }

  /** The same; the record lives without end, whatever the namespace's default. */
  public WriteOptions withoutExpiry() {
    return withOperation(operation.withoutExpiry());
  }

  /** The same with another condition, version and lifetime. */
  public WriteOptions withOperation(OperationOptions newOperation) {
    return new WriteOptions(deadline, acknowledgement, session, criticality, newOperation);
  }
}
