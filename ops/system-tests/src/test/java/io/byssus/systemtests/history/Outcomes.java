package io.byssus.systemtests.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What clients were told, counted; and failures that no fault explains. Thread-safe. */
final class Outcomes {
  private static final int KEPT = 10;

  private final Map<String, Long> told = new TreeMap<>();
  private final List<String> unexpected = new ArrayList<>();

  synchronized void told(String what) {
    told.merge(what, 1L, Long::sum);
  }

  synchronized void unexpected(String what) {
    if (unexpected.size() < KEPT) {
      unexpected.add(what);
    }
  }

  synchronized long count(String what) {
    return told.getOrDefault(what, 0L);
  }

  synchronized List<String> unexpected() {
    return List.copyOf(unexpected);
  }

  @Override
  public synchronized String toString() {
    return told + (unexpected.isEmpty() ? "" : "; unexpected: " + unexpected);
  }
}
