package io.byssus.systemtests;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Adds up what the long runs of all test classes did, and tells it in the end, in one line that
 * counts everything: to be registered by every class that has such runs. Where none ran it says
 * nothing. Thread-safe.
 */
public final class FaultSuite implements BeforeAllCallback {
  private static final Totals TOTALS = new Totals();

  /** Of this JVM's tests. */
  private static final class Totals implements AutoCloseable {
    private final TreeSet<Long> seeds = new TreeSet<>();
    private final Map<String, Integer> faults = new TreeMap<>();
    private final Map<String, List<Long>> recoveries = new LinkedHashMap<>();
    private int runs;
    private long operations;
    private long violations;

    @Override
    public synchronized void close() {
      if (runs == 0) {
        return;
      }
      faults.forEach((kind, count) -> System.out.println("  " + kind + ": " + count));
      recoveries.forEach((what, millis) -> System.out.println("  " + what + ": " + spread(millis)));
      System.out.printf(
          "fault suite: runs=%d seeds=%d faults=%d operations=%d violations=%d%n",
          runs,
          seeds.size(),
          faults.values().stream().mapToInt(Integer::intValue).sum(),
          operations,
          violations);
    }

    private static String spread(List<Long> millis) {
      Collections.sort(millis);
      return String.format(
          "median %d ms, %d to %d ms (%d times)",
          millis.get(millis.size() / 2),
          millis.get(0),
          millis.get(millis.size() - 1),
          millis.size());
    }
  }

  /**
   * A run is over.
   *
   * @param faults how many of each kind
   */
  public static void ran(long seed, Map<String, Integer> faults, long operations, long violations) {
    synchronized (TOTALS) {
      TOTALS.runs++;
      TOTALS.seeds.add(seed);
      faults.forEach((kind, count) -> TOTALS.faults.merge(kind, count, Integer::sum));
      TOTALS.operations += operations;
      TOTALS.violations += violations;
    }
  }

  /** Something had recovered after so long. */
  public static void recovered(String what, Duration took) {
    synchronized (TOTALS) {
      TOTALS.recoveries.computeIfAbsent(what, any -> new ArrayList<>()).add(took.toMillis());
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    // What the root's store holds is closed when the last test of all classes has ended.
    context
        .getRoot()
        .getStore(Namespace.create(FaultSuite.class))
        .computeIfAbsent("totals", any -> TOTALS);
  }
}
