package io.byssus.cli.demo;

import io.byssus.client.Key;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What clients know of their own writes. Each record is written by one writer at a time, with the
 * numbers 1, 2, 3, … as its values; so of every record it is known which value it must have at
 * least, and which at most.
 *
 * <p>Thread-safe, as long as each record has one writer.
 */
final class WriteJournal {
  private final Map<Key, Entry> entries = new ConcurrentHashMap<>();

  /** A record's numbers: the highest that was issued, and the highest that was acknowledged. */
  private record Entry(long issued, long acknowledged) {}

  /** The next number for a record, noted as issued. */
  long issue(Key key) {
    return entries.compute(
            key, (k, e) -> e == null ? new Entry(1, 0) : new Entry(e.issued + 1, e.acknowledged))
        .issued;
  }

  /** Notes that a record's write of this number was acknowledged. */
  void acknowledged(Key key, long number) {
    entries.computeIfPresent(key, (k, e) -> new Entry(e.issued, Math.max(e.acknowledged, number)));
  }

  /** The records that were written or may have been. */
  Set<Key> keys() {
    return Set.copyOf(entries.keySet());
  }

  /** How many records were acknowledged at least once. */
  long acknowledgedRecords() {
    return entries.values().stream().filter(entry -> entry.acknowledged > 0).count();
  }

  /**
   * What is wrong with a record as it was read; empty where nothing is.
   *
   * @param read its value, empty where it is absent
   */
  Optional<String> problem(Key key, Optional<String> read) {
    Entry entry = entries.get(key);
    String shown = key.toString().replace('\0', '|');
    if (entry == null) {
      return read.map(value -> shown + " was never written and holds " + value);
    }
    if (read.isEmpty()) {
      return entry.acknowledged == 0
          ? Optional.empty()
          : Optional.of(shown + " is lost: " + entry.acknowledged + " was acknowledged");
    }
    long number;
    try {
      number = Long.parseLong(read.get());
    } catch (NumberFormatException e) {
      return Optional.of(shown + " holds " + read.get() + ", which nobody wrote");
    }
    if (number < entry.acknowledged) {
      return Optional.of(
          shown + " went back: holds " + number + ", acknowledged was " + entry.acknowledged);
    }
    if (number > entry.issued) {
      return Optional.of(
          shown + " holds " + number + ", and only " + entry.issued + " were written");
    }
    return Optional.empty();
  }
}
