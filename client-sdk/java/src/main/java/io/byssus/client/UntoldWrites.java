package io.byssus.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The writes of a {@link StreamedWriter} whose callers were not told an outcome, by the order of
 * their calls and by their deadlines. The two orders differ: a write that waits for room is noted
 * after others that were called later and needed less.
 *
 * <p>Told writes are dropped from the heads at once and from the middle now and then, so that no
 * more are kept than twice the untold ones and {@link #SLACK}, and each is looked at a constant
 * number of times for it. Not safe for several threads at once.
 */
final class UntoldWrites {
  private static final int SLACK = 16;

  private final ArrayDeque<StreamedWrite> byCall = new ArrayDeque<>();
  private final PriorityQueue<StreamedWrite> byDeadline =
      new PriorityQueue<>((a, b) -> Long.signum(a.deadline() - b.deadline()));
  private long lastOrdinal;
  private int untold;

  /** Adds the write that was called last; not one whose caller was told already. */
  void add(StreamedWrite write) {
    if (write.told) {
      return;
    }
    write.ordinal = ++lastOrdinal;
    untold++;
    byCall.add(write);
    byDeadline.add(write);
  }

  /** Takes the writes whose deadline has passed: each is returned once, earliest first. */
  List<StreamedWrite> takeOverdue(long now) {
    List<StreamedWrite> overdue = new ArrayList<>();
    while (!byDeadline.isEmpty() && byDeadline.peek().deadline() - now <= 0) {
      StreamedWrite write = byDeadline.poll();
      if (!write.told) {
        overdue.add(write);
      }
    }
    return overdue;
  }

  /** The callers of these writes were told. */
  void told(List<StreamedWrite> writes) {
    for (StreamedWrite write : writes) {
      write.told = true;
      // One that ended before it could be added is none of these.
      untold -= write.ordinal > 0 ? 1 : 0;
    }
    while (!byCall.isEmpty() && byCall.peek().told) {
      byCall.poll();
    }
    drop(byCall);
    drop(byDeadline);
  }

  private void drop(Collection<StreamedWrite> writes) {
    if (untold == 0) {
      writes.clear();
    } else if (writes.size() > 2 * untold + SLACK) {
      writes.removeIf(write -> write.told);
    }
  }

  boolean isEmpty() {
    return untold == 0;
  }

  /** The number of the write that was added last. */
  long lastOrdinal() {
    return lastOrdinal;
  }

  /** Whether a write is untold that was added with this number or before. */
  boolean anyUpTo(long ordinal) {
    return !byCall.isEmpty() && byCall.peek().ordinal <= ordinal;
  }

  /** All of them, by the order of their calls. */
  List<StreamedWrite> all() {
    return byCall.stream().filter(write -> !write.told).toList();
  }

  /** How many writes are kept, told ones included. */
  int kept() {
    return Math.max(byCall.size(), byDeadline.size());
  }
}
