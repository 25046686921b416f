package io.byssus.client.admin;

/** Which of two writes of one record wins. */
public enum ConflictRule {
  /** The later one in the log. A record's version is its place there. */
  LOG_ORDER,

  /**
   * The one with the higher version, which the writer gives. Of equal versions a deletion wins over
   * a put, and of two puts the one whose value is greater bytewise, then the one that lives longer.
   */
  VERSION,

  /** A rule that this SDK is too old to know. Never asked for. */
  UNKNOWN
}
