package io.byssus.testkit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The violations found so far: all are counted, the first of each kind are kept. Thread-safe. */
public final class Violations {
  private static final int KEPT_OF_EACH = 5;

  private final Map<Violation, Long> counts = new EnumMap<>(Violation.class);
  private final List<String> kept = new ArrayList<>();

  /** Notes one. */
  public synchronized void found(Violation kind, String what) {
    if (counts.merge(kind, 1L, Long::sum) <= KEPT_OF_EACH) {
      kept.add(kind + ": " + what);
    }
  }

  /** How many of all kinds. */
  public synchronized long total() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How many of one kind. */
  public synchronized long count(Violation kind) {
    return counts.getOrDefault(kind, 0L);
  }

  /** The counts, and the first violations of each kind. */
  @Override
  public synchronized String toString() {
    return counts.isEmpty() ? "no violations" : counts + "\n  " + String.join("\n  ", kept);
  }
}
