package io.byssus.client;

import io.byssus.client.calls.Durations;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How one read differs from the client's defaults. What is empty is as the client was built.
 *
 * @param deadline how long the read may take in all, retries included; for a cursor: how long each
 *     wait for more records may take
 * @param consistency how strong it is
 * @param session what a {@link Consistency#SESSION} read must have seen, and where the read notes
 *     what it saw; empty: the client's own session
 * @param criticality when it is refused by a process that is overloaded
 * @param atVersion for the read of one record: the newest version that is not above this, an
 *     unsigned number of 1 and up; empty: the newest. Only versions that the namespace keeps are
 *     found. Other reads refuse it
 */
public record ReadOptions(
    Optional<Duration> deadline,
    Optional<Consistency> consistency,
    Optional<Session> session,
    Optional<Criticality> criticality,
    OptionalLong atVersion) {
  private static final ReadOptions DEFAULTS =
      new ReadOptions(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          OptionalLong.empty());

  /** Checks that a deadline is positive. */
  public ReadOptions {
    Objects.requireNonNull(consistency);
    Objects.requireNonNull(session);
    Objects.requireNonNull(criticality);
    Objects.requireNonNull(atVersion);
    deadline.ifPresent(Durations::requirePositive);
  }

  /** Everything as the client was built. */
  public static ReadOptions defaults() {
    return DEFAULTS;
  }

  /** The same with another deadline, which must be positive. */
  public ReadOptions withDeadline(Duration newDeadline) {
    return new ReadOptions(Optional.of(newDeadline), consistency, session, criticality, atVersion);
  }

  /** The same at another level. */
  public ReadOptions withConsistency(Consistency newConsistency) {
    return new ReadOptions(deadline, Optional.of(newConsistency), session, criticality, atVersion);
  }

  /** The same in another session. */
  public ReadOptions withSession(Session newSession) {
    return new ReadOptions(deadline, consistency, Optional.of(newSession), criticality, atVersion);
  }

  /** The same, more or less critical. */
  public ReadOptions withCriticality(Criticality newCriticality) {
    return new ReadOptions(deadline, consistency, session, Optional.of(newCriticality), atVersion);
  }

  /** The same, reading the newest version that is not above this. */
  public ReadOptions withAtVersion(long version) {
    return new ReadOptions(deadline, consistency, session, criticality, OptionalLong.of(version));
  }
}
