package io.byssus.systemtests.faults;

/** What is killed. */
enum Victim {
  /** One server. */
  SERVER,
  /** One dispatcher. */
  DISPATCHER,
  /** The control plane's leader. */
  LEADER,
  /** The log. */
  KAFKA,
  /** Every process at once. */
  EVERYTHING
}
