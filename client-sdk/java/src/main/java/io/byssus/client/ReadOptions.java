package io.byssus.client;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How one read differs from the client's defaults. What is empty is as the client was built.
 *
 * @param deadline how long the read may take in all, retries included; for a {@link ScanCursor}:
 *     how long each wait for more records may take
 * @param consistency how strong it is
 * @param session what a {@link Consistency#SESSION} read must have seen, and where the read notes
 *     what it saw; empty: the client's own session
 */
public record ReadOptions(
    Optional<Duration> deadline, Optional<Consistency> consistency, Optional<Session> session) {
  private static final ReadOptions DEFAULTS =
      new ReadOptions(Optional.empty(), Optional.empty(), Optional.empty());

  /** Checks that a deadline is positive. */
  public ReadOptions {
    Objects.requireNonNull(consistency);
    Objects.requireNonNull(session);
    deadline.ifPresent(Durations::requirePositive);
  }

  /** Everything as the client was built. */
  public static ReadOptions defaults() {
    return DEFAULTS;
  }

  /** The same with another deadline, which must be positive. */
  public ReadOptions withDeadline(Duration newDeadline) {
    return new ReadOptions(Optional.of(newDeadline), consistency, session);
  }

  /** The same at another level. */
  public ReadOptions withConsistency(Consistency newConsistency) {
    return new ReadOptions(deadline, Optional.of(newConsistency), session);
  }

  /** The same in another session. */
  public ReadOptions withSession(Session newSession) {
    return new ReadOptions(deadline, consistency, Optional.of(newSession));
  }
}
