package io.byssus.client.stamps;

import io.byssus.client.calls.Trampoline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets the writes of one namespace out so that no two writes of one record are out at once: each
 * record has a line, a write stands in the lines of all its records, and has its turn when it is at
 * the head of every one. A write joins all its lines at one moment, so the lines agree on who is
 * first, and no two writes can wait for each other.
 *
 * <p>Knows nothing of shards and stamps, so that the order holds across a change of the namespace's
 * id. As many turns as the client's bound on open writes, and those that a {@link ShardWriter}
 * keeps for given-up writes.
 */
public final class RecordOrder {
  private final Map<Object, Line> lines = new HashMap<>();

  /** The turns of one record; most lines are one turn long. */
  private static final class Line {
    final Object record;
    Turn head;
    ArrayDeque<Turn> rest;

    Line(Object record) {
      this.record = record;
    }

    /** Whether others stand before the turn that is added. */
    boolean add(Turn turn) {
      if (head == null) {
        head = turn;
        return false;
      }
      rest = rest == null ? new ArrayDeque<>(2) : rest;
      rest.add(turn);
      return true;
    }

    boolean isLast() {
      return rest == null || rest.isEmpty();
    }

    /** Lets the head go, and gives the one after it. */
    Turn next() {
      head = rest.poll();
      return head;
    }
  }

  /** A write's place in the lines of its records. */
  static final class Turn {
    private final List<?> records;
    private final Line[] lines;
    private Runnable comes;

    /** In how many lines another turn stands before this one. */
    private int blockedBy;

    private Turn(List<?> records, Runnable comes) {
      this.records = records;
      this.lines = new Line[records.size()];
      this.comes = comes;
    }
  }

  /**
   * A turn that is in no line yet.
   *
   * @param records the records of the write, no record twice
   * @param comes run when the turn comes, at the latest in the call of {@link #leave} that ends the
   *     one before
   */
  static Turn turn(List<?> records, Runnable comes) {
    return new Turn(records, comes);
  }

  /** Joins the lines; runs the turn at once if nothing stands before it. */
  void join(Turn turn) {
    synchronized (lines) {
      for (int i = 0; i < turn.lines.length; i++) {
        turn.lines[i] = lines.computeIfAbsent(turn.records.get(i), Line::new);
        if (turn.lines[i].add(turn)) {
          turn.blockedBy++;
        }
      }
      if (turn.blockedBy > 0) {
        return;
      }
    }
    Trampoline.run(List.of(take(turn)));
  }

  /** Leaves the lines, from whichever place, and runs the turns that come by that. */
  void leave(Turn turn) {
    List<Runnable> next = new ArrayList<>();
    synchronized (lines) {
      for (Line line : turn.lines) {
        if (line.head != turn) {
          line.rest.remove(turn);
        } else if (line.isLast()) {
          lines.remove(line.record);
        } else if (--line.next().blockedBy == 0) {
          next.add(take(line.head));
        }
      }
    }
    Trampoline.run(next);
  }

  /** What a turn runs, which it then lets go: a turn may outlive its write. */
  private static Runnable take(Turn turn) {
    Runnable comes = turn.comes;
    turn.comes = null;
    return comes;
  }

  /** How many records have a line. */
  int records() {
    synchronized (lines) {
      return lines.size();
    }
  }
}
