package io.byssus.systemtests.faults;

/** What is killed. */
enum Victim {
  SERVER,
  DISPATCHER,
  /** The control plane's leader. */
  LEADER,
  KAFKA
}
