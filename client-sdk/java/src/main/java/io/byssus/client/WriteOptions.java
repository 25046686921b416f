package io.byssus.client;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How one write differs from the client's defaults. What is empty is as the client was built.
 *
 * @param deadline how long the write may take in all, waiting for its turn and retries included
 * @param acknowledgement when it is answered
 * @param session where its position is noted; empty: the client's own session
 */
public record WriteOptions(
    Optional<Duration> deadline,
    Optional<Acknowledgement> acknowledgement,
    Optional<Session> session) {
  private static final WriteOptions DEFAULTS =
      new WriteOptions(Optional.empty(), Optional.empty(), Optional.empty());

  /** Checks that a deadline is positive. */
  public WriteOptions {
    Objects.requireNonNull(acknowledgement);
    Objects.requireNonNull(session);
    deadline.ifPresent(Durations::requirePositive);
  }

  /** Everything as the client was built. */
  public static WriteOptions defaults() {
    return DEFAULTS;
  }

  /** The same with another deadline, which must be positive. */
  public WriteOptions withDeadline(Duration newDeadline) {
    return new WriteOptions(Optional.of(newDeadline), acknowledgement, session);
  }

  /** The same, answered at another moment. */
  public WriteOptions withAcknowledgement(Acknowledgement newAcknowledgement) {
    return new WriteOptions(deadline, Optional.of(newAcknowledgement), session);
  }

  /** The same, noted in another session. */
  public WriteOptions withSession(Session newSession) {
    return new WriteOptions(deadline, acknowledgement, Optional.of(newSession));
  }
}
