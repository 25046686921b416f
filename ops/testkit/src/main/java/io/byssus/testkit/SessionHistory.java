package io.byssus.testkit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks the reads of one session against a journal: a read must find what the session had seen and
 * what its clients had been told was written when the read began, or something later.
 *
 * <p>A removed record has no value that tells which removal it was. Of all removals that would
 * explain its absence the earliest counts, so that nothing is called a violation that need not be
 * one.
 *
 * <p>Thread-safe; reads of one record may overlap.
 *
 * @param <K> what names a record
 */
public final class SessionHistory<K> {
  private final WriteJournal<K> journal;
  private final Violations violations;
  private final Map<K, Integer> lowest = new HashMap<>();

  /** A session that has seen nothing. */
  public SessionHistory(WriteJournal<K> journal, Violations violations) {
    this.journal = journal;
    this.violations = violations;
  }

  /** A read that has begun. */
  public final class Read {
    private final K record;
    private final int floor;

    private Read(K record, int floor) {
      this.record = record;
      this.floor = floor;
    }

    /** The read found this; empty: no record. */
    public void saw(Optional<Seen> seen) {
      int number = seen.isPresent() ? numberOf(seen.get()) : earliestRemoval();
      if (number < 0) {
        return;
      }
      if (number < floor) {
        violations.found(
            Violation.WENT_BACK,
            "a session that knew write " + floor + " of " + record + " read write " + number);
      }
      synchronized (lowest) {
        lowest.merge(record, number, Math::max);
      }
    }

    private int numberOf(Seen seen) {
      Optional<JournaledWrite<K>> write =
          journal.write(seen.id()).filter(w -> w.record().equals(record) && !w.removes());
      if (write.isEmpty()) {
        violations.found(
            Violation.NEVER_WRITTEN, "a read of " + record + " found the value of " + seen);
        return -1;
      }
      write.get().seenAs(seen.version());
      return write.get().number();
    }

    /** The number of the write that explains an absence; −1, with a violation, where none does. */
    private int earliestRemoval() {
      if (floor == 0) {
        return 0;
      }
      List<JournaledWrite<K>> writes = journal.of(record);
      for (JournaledWrite<K> write : writes.subList(floor - 1, writes.size())) {
        if (write.removes() && write.fate() != Fate.NOT_WRITTEN) {
          return write.number();
        }
      }
      violations.found(
          Violation.WENT_BACK,
          "a session that knew write " + floor + " of " + record + " found no record");
      return -1;
    }
  }

  /** Begins a read: to be called before the store is asked. */
  public Read begin(K record) {
    int acknowledged = journal.lastAcknowledged(record);
    synchronized (lowest) {
      return new Read(record, Math.max(acknowledged, lowest.getOrDefault(record, 0)));
    }
  }
}
