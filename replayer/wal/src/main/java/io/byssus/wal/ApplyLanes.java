package io.byssus.wal;

/** The threads that apply what is replayed, each one shard at a time. */
interface ApplyLanes {
  /** Runs a task when a thread is free. */
  void execute(Runnable task);

  /** Runs a task when some time has passed and a thread is free. */
  void executeIn(long nanos, Runnable task);
}
