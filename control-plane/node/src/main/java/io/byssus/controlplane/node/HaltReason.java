package io.byssus.controlplane.node;

/** Why a member has halted. Shown in health, logs and errors by its name. */
enum HaltReason {
  /** Term or vote could not be stored: going on could give two votes in one term. */
  VOTE_NOT_STORED,
  /** A committed command could not be applied: going on would split this member's state off. */
  APPLY_FAILED,
  /** A snapshot could not be read. */
  SNAPSHOT_UNREADABLE,
  /** Raft itself reported a fault, such as a log that cannot be written. */
  RAFT_FAILED,
  /** The leader's own work failed beyond what the next turn could mend. */
  LEADER_LOOP_FAILED
}
