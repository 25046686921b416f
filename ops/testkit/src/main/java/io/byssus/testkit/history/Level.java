package io.byssus.testkit.history;

/** What a read was promised. */
public enum Level {
  /** Some state that was once written. */
  EVENTUAL,
  /** Nothing older than what its client has written or seen. */
  SESSION,
  /** Nothing that misses a write acknowledged longer ago than a bound. */
  BOUNDED,
  /** Nothing that misses any write acknowledged before. */
  LINEARIZABLE
}
