package io.byssus.client;

/**
 * How one write is made, with every default filled in.
 *
 * @param acknowledgement when it is answered
 * @param session where its position is noted
 * @param requestId the same in every attempt
 * @param deadline on the clock of {@link Calls}
 */
record WriteTerms(
    Acknowledgement acknowledgement, Session session, String requestId, long deadline) {}
