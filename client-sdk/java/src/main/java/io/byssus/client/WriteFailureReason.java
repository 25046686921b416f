package io.byssus.client;

/** What was in the way of a write that took no effect. */
public enum WriteFailureReason {
  /** The condition did not hold. */
  CONDITION_NOT_MET,

  /**
   * A conditional write in a namespace of {@code VERSION} whose version is not above the record's,
   * or above that of its deletion.
   */
  VERSION_NOT_ABOVE,

  /** An increment of a value that is not a number. */
  NOT_A_NUMBER,

  /** An increment past the range of a signed 64-bit number. */
  OUT_OF_RANGE,

  /**
   * What the namespace's rules do not know: an increment or no version under {@code VERSION}, a
   * version under {@code LOG_ORDER}.
   */
  NOT_ALLOWED,

  /** A reason that this SDK is too old to know. */
  UNKNOWN
}
