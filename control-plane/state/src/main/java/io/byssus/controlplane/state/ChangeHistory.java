package io.byssus.controlplane.state;

import io.byssus.proto.internal.v1.MapChange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The newest changes of the map, so that a watcher that was away for a moment need not be sent all
 * of it. Bounded by the number of changes; what is older is forgotten. Holds no state that members
 * must agree on: a member that starts from a snapshot has none.
 *
 * <p>Written by the thread that applies, read by any.
 */
public final class ChangeHistory {
  private final int maxChanges;
  private final Deque<Step> steps = new ArrayDeque<>();
  private long start;
  private long end;
  private int changes;

  /** The changes that lead from one revision to the next. */
  private record Step(long revision, List<MapChange> changes) {}

  /**
   * A history that begins at a revision.
   *
   * @param maxChanges how many changes are kept, besides those of the newest step
   */
  public ChangeHistory(int maxChanges, long revision) {
    this.maxChanges = maxChanges;
    this.start = revision;
    this.end = revision;
  }

  /** Adds the changes that lead from the newest revision to another. */
  public synchronized void add(long revision, List<MapChange> newChanges) {
    if (newChanges.isEmpty()) {
      return;
    }
    steps.addLast(new Step(revision, newChanges));
    changes += newChanges.size();
    end = revision;
    while (changes > maxChanges && steps.size() > 1) {
      Step oldest = steps.removeFirst();
      changes -= oldest.changes().size();
      start = oldest.revision();
    }
  }

  /** Forgets everything and begins anew at a revision: after a snapshot was loaded. */
  public synchronized void restart(long revision) {
    steps.clear();
    changes = 0;
    start = revision;
    end = revision;
  }

  /**
   * The changes after a revision, in order; none where it is the newest.
   *
   * @return empty where the revision is not known here: too old, between two steps, or of a later
   *     future
   */
  public synchronized Optional<List<MapChange>> after(long revision) {
    if (revision == end) {
      return Optional.of(List.of());
    }
    if (revision < start || revision > end) {
      return Optional.empty();
    }
    boolean known = revision == start;
    List<MapChange> after = new ArrayList<>();
    for (Step step : steps) {
      if (step.revision() > revision) {
        after.addAll(step.changes());
      } else {
        known |= step.revision() == revision;
      }
    }
    return known ? Optional.of(after) : Optional.empty();
  }
}
