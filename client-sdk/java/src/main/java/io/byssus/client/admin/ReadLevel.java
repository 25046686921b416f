package io.byssus.client.admin;

/** How strong the reads of a namespace are that do not say; see the SDK's {@code Consistency}. */
public enum ReadLevel {
  /** What some replica holds. */
  EVENTUAL,

  /** What a replica holds that is known not to be staler than a bound. */
  BOUNDED,

  /** What a replica holds that has applied all that the session has written or seen. */
  SESSION,

  /** Every write that was acknowledged before the read began. */
  LINEARIZABLE
}
