package io.byssus.wal;

import java.util.List;

/** What a shard's log is replayed into. */
public interface ReplayTarget {
  /** The shard: 0 to shard count − 1. */
  int shard();

  /** The first offset to be read. Asked once, when the replay starts. */
  long nextOffset();

  /**
   * The leader epoch of the record before {@link #nextOffset}; −1 where there is none. Asked once,
   * with it.
   */
  int lastLeaderEpoch();

  /**
   * Applies entries, which follow one another and those before. Never called twice at once; the
   * entries come with every offset exactly once, whatever becomes of brokers and connections.
   *
   * @throws ReplayHaltedException to stop the replay for good
   */
  void apply(List<LogEntry> entries);

  /**
   * Whether somebody waits for an entry to be applied, so that entries are applied as soon as they
   * are there; else some are gathered first.
   */
  boolean isAwaited();

  /** What to run when somebody begins to wait. Told once, when the replay starts. */
  void onAwaited(Runnable action);

  /** Tells where the log ended when Kafka was asked at a moment of {@link System#nanoTime}. */
  void logEnd(long endOffset, long askedNanos);

  /**
   * Tells that the log behind Kafka's addresses is not this cluster's; nothing is read until it is
   * again.
   */
  void logRefused(String why);

  /** Tells that the log is this cluster's: at first, and after {@link #logRefused}. */
  void logAccepted();

  /** Tells that the replay has stopped for good. */
  void halted(HaltReason reason, String message);
}
