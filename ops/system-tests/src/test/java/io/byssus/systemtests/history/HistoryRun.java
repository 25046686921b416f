package io.byssus.systemtests.history;

import io.byssus.systemtests.TestCluster;
import io.byssus.testkit.Seed;
import io.byssus.testkit.Violations;
import io.byssus.testkit.history.History;
import io.byssus.testkit.history.HistoryCheck;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One run: clients, what happens to the cluster meanwhile, and the check of what they were told.
 */
final class HistoryRun {
  /** Until when a write of unknown outcome may take effect: its accept-until, and a minute. */
  private static final Duration UNKNOWN_LIFETIME = Duration.ofMinutes(6);

  private static final Duration POLL = Duration.ofMillis(50);
  private static final long BEFORE_DISTURBANCE = 300;
  private static final Duration FIRST_LIMIT = Duration.ofSeconds(60);

  private final TestCluster cluster;
  private final String namespace;
  private final HistoryLoad.Size size;
  private final Seed seed;

  /** What is done to the cluster, until every process serves again. */
  @FunctionalInterface
  interface Disturbance {
    void disturb(History<String> history) throws Exception;
  }

  /**
   * What came of a run.
   *
   * @param operations how many operations were begun
   * @param outcomes what clients were told
   * @param violations what they must not have been told
   * @param checkMillis how long the check took
   */
  record Report(long operations, Outcomes outcomes, Violations violations, long checkMillis) {
    @Override
    public String toString() {
      return String.format(
          "%d operations, checked in %.1f s: %s; %s",
          operations, checkMillis / 1e3, outcomes, violations);
    }
  }

  /** A run in a namespace of its own, which exists. */
  HistoryRun(TestCluster cluster, String namespace, HistoryLoad.Size size, Seed seed) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.size = size;
    this.seed = seed;
  }

  /**
   * Runs until the disturbance is over and enough was done.
   *
   * @param leastOperations how much is enough
   * @param limit for it, after the disturbance
   */
  Report run(Disturbance disturbance, long leastOperations, Duration limit) throws Exception {
    History<String> history = new History<>(System::nanoTime);
    Outcomes outcomes = new Outcomes();
    try (HistoryLoad load = new HistoryLoad(cluster, namespace, size, history, outcomes, seed)) {
      awaitOperations(history, BEFORE_DISTURBANCE, FIRST_LIMIT);
      disturbance.disturb(history);
      awaitOperations(history, leastOperations, limit);
      load.end();
    }
    Violations violations = new Violations();
    long began = System.nanoTime();
    new HistoryCheck<>(history, violations, UNKNOWN_LIFETIME).run();
    return new Report(
        history.begun(), outcomes, violations, (System.nanoTime() - began) / 1_000_000);
  }

  /** Waits until so many operations were begun. */
  static void awaitOperations(History<String> history, long least, Duration limit)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (history.begun() < least) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "only " + history.begun() + " operations of " + least + " within " + limit);
      }
      TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
    }
  }
}
