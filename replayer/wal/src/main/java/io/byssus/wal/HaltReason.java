package io.byssus.wal;

/** Why a replica stopped and waits for an operator. It keeps its data, whatever the reason. */
public enum HaltReason {
  /** The log does not hold the record that must come next: it was trimmed, cut or emptied. */
  NEXT_OFFSET_GONE,
  /** The log holds another history than the one that was applied. */
  EPOCH_CONTRADICTED,
  /** The log skipped an offset, which this log never does. */
  LOG_GAP,
  /** A record's checksum is wrong, again and again. */
  LOG_CORRUPT,
  /** The log belongs to another cluster, topic or incarnation than the data. */
  LOG_NOT_OURS,
  /** A record was written by a newer release. */
  NEWER_FORMAT,
  /** A record refers to namespace rules that the log never brought. */
  RULES_MISSING,
  /** The replica is empty and the log no longer starts at 0: it would need a peer's snapshot. */
  NEEDS_SNAPSHOT,
  /** The disk or the database failed. */
  STORAGE_FAILED,
  /** A fault of Byssus itself. */
  APPLY_FAILED
}
