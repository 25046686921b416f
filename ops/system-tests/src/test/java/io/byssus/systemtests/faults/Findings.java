package io.byssus.systemtests.faults;

import io.byssus.testkit.Violations;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** What a run has found: violations, and failures that no outage explains. Thread-safe. */
final class Findings {
  private static final int KEPT = 10;

  private final Violations violations = new Violations();
  private final List<String> unexpected = new ArrayList<>();
  private final Map<String, Long> refusals = new TreeMap<>();
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong unavailableReads = new AtomicLong();
  private final AtomicLong delayedDuplicates = new AtomicLong();

  Violations violations() {
    return violations;
  }

  /** Notes a failure that must not happen, whatever is killed. */
  void unexpected(String what) {
    synchronized (unexpected) {
      if (unexpected.size() < KEPT) {
        unexpected.add(what);
      }
    }
  }

  List<String> unexpected() {
    synchronized (unexpected) {
      return List.copyOf(unexpected);
    }
  }

  /** Notes why a write was refused. */
  void refused(String reason) {
    synchronized (refusals) {
      refusals.merge(reason, 1L, Long::sum);
    }
  }

  /** How often each reason was given for a write that was not written. */
  Map<String, Long> refusals() {
    synchronized (refusals) {
      return new TreeMap<>(refusals);
    }
  }

  void readChecked() {
    reads.incrementAndGet();
  }

  void readUnavailable() {
    unavailableReads.incrementAndGet();
  }

  void delayedDuplicateSent() {
    delayedDuplicates.incrementAndGet();
  }

  long reads() {
    return reads.get();
  }

  long unavailableReads() {
    return unavailableReads.get();
  }

  long delayedDuplicates() {
    return delayedDuplicates.get();
  }
}
