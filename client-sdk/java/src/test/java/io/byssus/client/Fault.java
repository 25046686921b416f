package io.byssus.client;

import io.byssus.model.ErrorCode;

/** What a dispatcher does with a write that reached it. */
sealed interface Fault {
  /** Nothing bad: hands it to the log and answers. */
  record None() implements Fault {}

  /** Refuses it by name before the log sees it. */
  record Refuse(ErrorCode code) implements Fault {}

  /** Ends the call as a broken connection does; {@code handOver}: after the log has taken it. */
  record Break(boolean handOver) implements Fault {}

  /** Hands it to the log, and never answers. */
  record Swallow() implements Fault {}

  /** Keeps it in the producer, from where it comes when the test says; answers INDETERMINATE. */
  record Stick() implements Fault {}

  /** As {@link Stick}, but never answers. */
  record StickSilently() implements Fault {}

  /** Keeps it in the producer until the test says, and answers then. */
  record Delay() implements Fault {}

  /** Hands it over and answers, and keeps another copy in the producer. */
  record Duplicate() implements Fault {}

  Fault NONE = new None();
}
