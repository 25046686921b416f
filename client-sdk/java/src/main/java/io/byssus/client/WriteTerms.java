package io.byssus.client;

import io.byssus.client.calls.CallTag;
import io.byssus.client.calls.Calls;

/**
 * How one write is made, with every default filled in.
 *
 * @param acknowledgement when it is answered
 * @param session where its position is noted
 * @param tag what every attempt carries
 * @param deadline on the clock of {@link Calls}
 */
record WriteTerms(Acknowledgement acknowledgement, Session session, CallTag tag, long deadline) {
  String requestId() {
    return tag.requestId();
  }
}
