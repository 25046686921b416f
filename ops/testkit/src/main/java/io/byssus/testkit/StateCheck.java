package io.byssus.testkit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Holds whole copies of the data against a journal whose writes have all ended.
 *
 * <p>The rule for one record: its state is that of its last acknowledged write, or of a later one
 * whose fate is not known. A removal's state is absence.
 *
 * <p>Not thread-safe.
 *
 * @param <K> what names a record
 */
public final class StateCheck<K> {
  private final WriteJournal<K> journal;
  private final Violations violations;
  private final Collection<List<JournaledWrite<K>>> batches;

  /**
   * A check of any number of copies.
   *
   * @throws IllegalStateException where a write is still open: what must be there is not known yet
   */
  public StateCheck(WriteJournal<K> journal, Violations violations) {
    this.journal = journal;
    this.violations = violations;
    Map<Long, List<JournaledWrite<K>>> byBatch = new HashMap<>();
    for (JournaledWrite<K> write : journal.writes()) {
      if (write.fate() == Fate.OPEN) {
        throw new IllegalStateException(write + " is still open");
      }
      byBatch.computeIfAbsent(write.batch(), any -> new ArrayList<>()).add(write);
    }
    this.batches = byBatch.values().stream().filter(writes -> writes.size() > 1).toList();
  }

  /**
   * Checks one copy.
   *
   * @param name of the copy, for people
   * @param content every record that it holds
   */
  public void copy(String name, Map<K, Seen> content) {
    Map<K, Integer> numbers = new HashMap<>();
    for (K record : journal.records()) {
      numbers.put(record, state(name, record, Optional.ofNullable(content.get(record))));
    }
    content.forEach(
        (record, seen) -> {
          if (!numbers.containsKey(record)) {
            violations.found(
                Violation.NEVER_WRITTEN, name + " holds " + record + " with the value of " + seen);
          }
        });
    batches.forEach(batch -> batch(name, batch, numbers));
  }

  /** To be called after the last copy: checks what all sightings together tell. */
  public void finish() {
    for (K record : journal.records()) {
      JournaledWrite<K> previous = null;
      for (JournaledWrite<K> write : journal.of(record)) {
        if (write.version() == 0) {
          continue;
        }
        if (write.fate() == Fate.NOT_WRITTEN) {
          violations.found(Violation.NOT_WRITTEN_BUT_SEEN, write + " was seen");
        }
        if (write.hasTwoVersions() || write.laterThanAcknowledged()) {
          violations.found(
              Violation.APPLIED_TWICE,
              write + " has two versions, or a later one than the copy that was acknowledged");
        }
        if (previous != null && Long.compareUnsigned(write.version(), previous.version()) <= 0) {
          violations.found(
              Violation.OUT_OF_ORDER, write + " has no later version than " + previous);
        }
        previous = write;
      }
    }
  }

  /** The number of the write that a record's state is of, as far as that is known; else 0. */
  private int state(String name, K record, Optional<Seen> seen) {
    int acknowledged = journal.lastAcknowledged(record);
    if (seen.isEmpty()) {
      return absent(name, record, acknowledged);
    }
    Optional<JournaledWrite<K>> found =
        journal.write(seen.get().id()).filter(w -> w.record().equals(record) && !w.removes());
    if (found.isEmpty()) {
      violations.found(
          Violation.NEVER_WRITTEN, name + " holds " + record + " with the value of " + seen.get());
      return 0;
    }
    JournaledWrite<K> write = found.get();
    write.seenAs(seen.get().version());
    if (write.number() < acknowledged) {
      violations.found(
          Violation.LOST,
          name + " holds " + write + ", but write " + acknowledged + " was acknowledged");
    }
    return write.number();
  }

  /** Of the removals that would explain the absence the latest counts. */
  private int absent(String name, K record, int acknowledged) {
    List<JournaledWrite<K>> writes = journal.of(record);
    for (int number = writes.size(); number > acknowledged; number--) {
      JournaledWrite<K> write = writes.get(number - 1);
      if (write.removes() && write.fate() == Fate.INDETERMINATE) {
        return number;
      }
    }
    if (acknowledged > 0 && !writes.get(acknowledged - 1).removes()) {
      violations.found(
          Violation.LOST,
          name + " does not hold " + record + ", but write " + acknowledged + " was acknowledged");
    }
    return acknowledged;
  }

  /** Where one write of a batch is the state of its record, no other may be missing. */
  private void batch(String name, List<JournaledWrite<K>> batch, Map<K, Integer> numbers) {
    boolean tookEffect =
        batch.stream().anyMatch(w -> !w.removes() && numbers.get(w.record()) == w.number());
    for (JournaledWrite<K> write : batch) {
      if (tookEffect && !write.removes() && numbers.get(write.record()) < write.number()) {
        violations.found(
            Violation.TORN_BATCH,
            name + " lacks " + write + " of a batch of " + batch.size() + " that took effect");
      }
    }
  }
}
