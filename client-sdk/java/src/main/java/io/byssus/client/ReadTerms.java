package io.byssus.client;

/**
 * How one read is made, with every default filled in.
 *
 * @param consistency how strong it is
 * @param session what it must have seen, and where it notes what it saw
 * @param requestId the same in every attempt
 * @param deadline on the clock of {@link Calls}
 */
record ReadTerms(Consistency consistency, Session session, String requestId, long deadline) {
  /** Whether there is anything that the read must have seen. */
  boolean needsToken() {
    return consistency == Consistency.SESSION && !session.isEmpty();
  }

  ReadTerms withDeadline(long newDeadline) {
    return new ReadTerms(consistency, session, requestId, newDeadline);
  }
}
