package io.byssus.testkit;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds the writes that took effect, in their order, against a journal whose writes have all ended.
 * Finds what the final state hides: a write that was lost under a later one, or applied twice.
 *
 * <p>The rule for one record: its acknowledged writes took effect, once each and in the order of
 * issue; those said not to be written did not; of the others any may have. Removals cannot be told
 * apart, so they are counted between the writes around them.
 *
 * <p>Not thread-safe.
 *
 * @param <K> what names a record
 */
public final class EffectCheck<K> {
  private final WriteJournal<K> journal;
  private final Violations violations;
  private final Map<K, Progress> progress = new HashMap<>();

  /** How far the effects on one record have come. */
  private static final class Progress {
    private final BitSet applied = new BitSet();
    private int last;
    private int removals;
  }

  /** A check that has seen no effect yet. */
  public EffectCheck(WriteJournal<K> journal, Violations violations) {
    this.journal = journal;
    this.violations = violations;
  }

  /** A value was put: the next effect on this record. */
  public void put(K record, Seen seen) {
    JournaledWrite<K> write =
        journal
            .write(seen.id())
            .filter(w -> w.record().equals(record) && !w.removes())
            .orElse(null);
    if (write == null) {
      violations.found(
          Violation.NEVER_WRITTEN, "the log puts the value of " + seen + " into " + record);
      return;
    }
    Progress at = progress.computeIfAbsent(record, any -> new Progress());
    write.seenAs(seen.version());
    if (at.applied.get(write.number())) {
      violations.found(Violation.APPLIED_TWICE, write + " took effect twice");
    } else if (write.number() < at.last) {
      violations.found(Violation.OUT_OF_ORDER, write + " took effect after write " + at.last);
    } else {
      between(record, at, write.number());
      at.last = write.number();
    }
    at.applied.set(write.number());
    at.removals = 0;
  }

  /** The record was removed: the next effect on it. */
  public void remove(K record) {
    progress.computeIfAbsent(record, any -> new Progress()).removals++;
  }

  /** To be called after the last effect. */
  public void finish() {
    for (K record : journal.records()) {
      Progress at = progress.computeIfAbsent(record, any -> new Progress());
      between(record, at, Integer.MAX_VALUE);
    }
  }

  /** Checks the writes behind the last put that took effect and below the number of the next. */
  private void between(K record, Progress at, int next) {
    List<JournaledWrite<K>> writes = journal.of(record);
    int sure = 0;
    int possible = 0;
    for (int number = at.last + 1; number < next && number <= writes.size(); number++) {
      JournaledWrite<K> write = writes.get(number - 1);
      if (!write.removes() && write.fate() == Fate.ACKNOWLEDGED) {
        violations.found(Violation.LOST, write + " never took effect");
      }
      if (write.removes() && write.fate() == Fate.ACKNOWLEDGED) {
        sure++;
      }
      if (write.removes() && write.fate() != Fate.NOT_WRITTEN) {
        possible++;
      }
    }
    if (at.removals < sure) {
      violations.found(
          Violation.LOST, (sure - at.removals) + " removals of " + record + " never took effect");
    } else if (at.removals > possible) {
      violations.found(
          Violation.APPLIED_TWICE,
          at.removals + " removals of " + record + " took effect, and " + possible + " could");
    }
  }
}
