package io.byssus.client;

import io.byssus.client.calls.CallTag;
import io.byssus.client.calls.Calls;

/**
 * How one read is made, with every default filled in.
 *
 * @param consistency how strong it is
 * @param session what it must have seen, and where it notes what it saw
 * @param tag what every attempt carries
 * @param deadline on the clock of {@link Calls}
 */
record ReadTerms(Consistency consistency, Session session, CallTag tag, long deadline) {
  /** Whether there is anything that the read must have seen. */
  boolean needsToken() {
    return consistency.takesToken() && !session.isEmpty();
  }

  String requestId() {
    return tag.requestId();
  }

  ReadTerms withDeadline(long newDeadline) {
    return new ReadTerms(consistency, session, tag, newDeadline);
  }
}
