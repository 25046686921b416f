package io.byssus.client;

import io.byssus.client.calls.Durations;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a {@link StreamedWriter} works. What is empty is as the client was built.
 *
 * @param deadline how long each write may take in all, waiting for room, its turn and retries
 *     included
 * @param acknowledgement when writes are answered; those under conditions and increments are always
 *     answered when applied
 * @param session where positions are noted; empty: the client's own session
 * @param criticality when the stream is refused by a process that is overloaded
 * @param maxOpenWrites how many writes may be without an outcome: 1 and up. Beyond, a write waits
 * @param maxOpenBytes how many bytes of keys and values they may have: 1 and up; one larger write
 *     is let through alone
 */
public record WriterOptions(
    Optional<Duration> deadline,
    Optional<Acknowledgement> acknowledgement,
    Optional<Session> session,
    Optional<Criticality> criticality,
    int maxOpenWrites,
    long maxOpenBytes) {
  private static final WriterOptions DEFAULTS =
      new WriterOptions(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          8_192,
          64L * 1024 * 1024);

  /** Checks that what must be positive is. */
  public WriterOptions {
    Objects.requireNonNull(acknowledgement);
    Objects.requireNonNull(session);
    Objects.requireNonNull(criticality);
    deadline.ifPresent(Durations::requirePositive);
    if (maxOpenWrites < 1 || maxOpenBytes < 1) {
      throw new IllegalArgumentException(
          "must be 1 or more, are " + maxOpenWrites + " and " + maxOpenBytes);
    }
  }

  /** As the client was built; at most 8,192 open writes of 64 MiB. */
  public static WriterOptions defaults() {
    return DEFAULTS;
  }

  /** The same with another deadline of each write, which must be positive. */
  public WriterOptions withDeadline(Duration newDeadline) {
    return new WriterOptions(
        Optional.of(newDeadline),
        acknowledgement,
        session,
        criticality,
        maxOpenWrites,
        maxOpenBytes);
  }

  /** The same, writes answered at another moment. */
  public WriterOptions withAcknowledgement(Acknowledgement newAcknowledgement) {
    return new WriterOptions(
        deadline,
        Optional.of(newAcknowledgement),
        session,
        criticality,
        maxOpenWrites,
        maxOpenBytes);
  }

  /** The same, noted in another session. */
  public WriterOptions withSession(Session newSession) {
    return new WriterOptions(
        deadline,
        acknowledgement,
        Optional.of(newSession),
        criticality,
        maxOpenWrites,
        maxOpenBytes);
  }

  /** The same, more or less critical. */
  public WriterOptions withCriticality(Criticality newCriticality) {
    return new WriterOptions(
        deadline,
        acknowledgement,
        session,
        Optional.of(newCriticality),
        maxOpenWrites,
        maxOpenBytes);
  }

  /** The same with other bounds on what is open. */
  public WriterOptions withMaxOpen(int writes, long bytes) {
    return new WriterOptions(deadline, acknowledgement, session, criticality, writes, bytes);
  }
}
