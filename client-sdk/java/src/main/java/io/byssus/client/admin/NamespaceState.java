package io.byssus.client.admin;

/** Where a namespace stands in its life. */
public enum NamespaceState {
  /** In use. */
  ACTIVE,

  /** Its name is unknown to reads and writes; it can be undeleted. */
  DELETED,

  /** Its records are being removed, for good. */
  DROPPING,

  /** Nothing of it is left but its id. */
  DROPPED,

  /** A state that this SDK is too old to know. */
  UNKNOWN
}
