package io.byssus.testkit;

/** What a store must not do, whatever fails. */
public enum Violation {
  /** An acknowledged write is missing. */
  LOST,
  /** A read found less than its session had seen or written. */
  WENT_BACK,
  /** A write that was said not to be written is there. */
  NOT_WRITTEN_BUT_SEEN,
  /** A value is there that nobody wrote there. */
  NEVER_WRITTEN,
  /** One write took effect more than once: it has two versions, or a later one than its copy. */
  APPLIED_TWICE,
  /** A later write of a record has an earlier version. */
  OUT_OF_ORDER,
  /** Some writes of a batch took effect and others did not. */
  TORN_BATCH,
  /** A read missed a write that was acknowledged longer ago than the read's bound. */
  STALE,
  /** No order of the operations on a record explains what their callers were told. */
  NOT_LINEARIZABLE,
  /** Two copies of the same data, as of one moment, are not the same. */
  COPIES_DIFFER
}
