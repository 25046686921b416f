package io.byssus.client.admin;

/** What a replica does. */
public enum ReplicaState {
  /** Nothing is known: its node has not reported. */
  UNKNOWN,
  /** Being opened. */
  OPENING,
  /** Replaying, more than a second behind the log's end. */
  CATCHING_UP,
  /** Within a second of the log's end. */
  CAUGHT_UP,
  /** Stopped, waiting for an operator. */
  HALTED
}
