package io.byssus.systemtests.simulation;

import java.util.EnumMap;
import java.util.Map;

/** Counts what happened in runs, to show that there was something to go wrong. */
final class Tally {
  private final Map<Sight, Long> counts = new EnumMap<>(Sight.class);

  /** What is counted. */
  enum Sight {
    WRITE_ACKNOWLEDGED,
    WRITE_GIVEN_UP,
    CONDITION_FAILED,
    COPY_IGNORED,
    READ_EVENTUAL,
    READ_BOUNDED,
    READ_SESSION,
    READ_LINEARIZABLE,
    SERVER_CRASH,
    DISPATCHER_CRASH,
    MEMBER_CRASH,
    LOG_LEADER_CHANGE,
    LINK_CUT,
    PROCESS_PAUSED,
    SHARD_MOVED,
    TICK,
    NAMESPACE_DROPPED_FROM_SHARD,
    STATE_COMPARED
  }

  synchronized void count(Sight sight) {
    counts.merge(sight, 1L, Long::sum);
  }

  synchronized void add(Tally other) {
    other.counts.forEach((sight, count) -> counts.merge(sight, count, Long::sum));
  }

  /** Whether everything has happened at least once. */
  synchronized boolean isComplete() {
    return counts.size() == Sight.values().length;
  }

  @Override
  public synchronized String toString() {
    return counts.toString();
  }
}
