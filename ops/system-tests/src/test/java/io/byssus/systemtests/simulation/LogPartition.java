package io.byssus.systemtests.simulation;

import io.byssus.wal.LogEntry;
import java.util.ArrayList;
import java.util.List;

/**
 * One partition of the log: what it holds it keeps. Its leader changes now and then, and another
 * leader has another clock; while it has none, nothing is appended or read.
 */
final class LogPartition {
  private final int shard;
  private final Schedule schedule;
  private final List<LogEntry> entries = new ArrayList<>();
  private final List<Runnable> listeners = new ArrayList<>();
  private final ReferenceShard reference = new ReferenceShard();
  private int leaderEpoch;
  private long skewMillis;
  private long awayUntilNanos;

  LogPartition(int shard, Schedule schedule) {
    this.shard = shard;
    this.schedule = schedule;
  }

  int shard() {
    return shard;
  }

  /** Appends and returns the offset. */
  long append(byte[] bytes) {
    long offset = entries.size();
    long time = schedule.nowMillis() + skewMillis;
    entries.add(new LogEntry(offset, leaderEpoch, time, bytes));
    reference.append(offset, time, bytes);
    listeners.forEach(Runnable::run);
    return offset;
  }

  /** Has another leader take over, after a time without one. */
  void changeLeader(long nanosWithout) {
    leaderEpoch++;
    skewMillis = schedule.random().nextInt(-1_500, 1_500);
    awayUntilNanos = schedule.nowNanos() + nanosWithout;
  }

  /** How long there is no leader yet, nanoseconds; 0 where there is one. */
  long awayNanos() {
    return Math.max(0, awayUntilNanos - schedule.nowNanos());
  }

  /** At most so many entries from an offset on. */
  List<LogEntry> read(long fromOffset, int most) {
    int from = (int) Math.min(fromOffset, entries.size());
    return List.copyOf(entries.subList(from, Math.min(entries.size(), from + most)));
  }

  LogEntry entry(long offset) {
    return entries.get((int) offset);
  }

  long end() {
    return entries.size();
  }

  /** Calls back after each append. */
  void onAppend(Runnable listener) {
    listeners.add(listener);
  }

  ReferenceShard reference() {
    return reference;
  }
}
