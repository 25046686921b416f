package io.byssus.client.admin;

/** Which of two writes of one record wins. */
public enum ConflictRule {
  /** The later one in the log. A record's version is its place there. */
  LOG_ORDER,

  /**
   * The one with the higher version, which the writer gives. Of equal versions a deletion wins over
   * a put, and two puts make one of the value that is greater bytewise and the expiry that comes
   * first: so the end is the same in whatever order the writes come.
   */
  VERSION,

  /** A rule that this SDK is too old to know. Never asked for. */
  UNKNOWN
}
