package io.byssus.systemtests.faults;

import io.byssus.client.ByssusClient;
import io.byssus.systemtests.TestCluster;
import io.byssus.testkit.Fate;
import io.byssus.testkit.Seed;
import io.byssus.testkit.WriteJournal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One run: load, a disturbance under it, and the check of everything afterwards. */
final class SurvivalRun {
  private static final long BEFORE_DISTURBANCE = 200;
  private static final Duration FIRST_LIMIT = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(50);

  private final TestCluster cluster;
  private final String namespace;
  private final Load.Size size;
  private final Seed seed;

  /**
   * What came of a run.
   *
   * @param journal what the clients know
   * @param findings violations and unexpected failures
   * @param looked what was looked at in the end
   */
  record Report(WriteJournal<RecordName> journal, Findings findings, SurvivalCheck.Looked looked) {

    long operations() {
      return journal.begun() + findings.reads();
    }

    List<String> unexpected() {
      return findings.unexpected();
    }

    @Override
    public String toString() {
      return String.format(
          "%d writes begun, %d acknowledged, %d indeterminate, %d not written %s; %d reads checked,"
              + " %d not served; %d delayed duplicates; the log: %d writes that count, %d copies"
              + " that do not; %d replicas with %d records; %s%s",
          journal.begun(),
          journal.ended(Fate.ACKNOWLEDGED),
          journal.ended(Fate.INDETERMINATE),
          journal.ended(Fate.NOT_WRITTEN),
          findings.refusals(),
          findings.reads(),
          findings.unavailableReads(),
          findings.delayedDuplicates(),
          looked.writes(),
          looked.copies(),
          looked.replicas(),
          looked.records(),
          findings.violations(),
          unexpected().isEmpty() ? "" : "; unexpected: " + unexpected());
    }
  }

  /** A run in a namespace of its own. */
  SurvivalRun(TestCluster cluster, String namespace, Load.Size size, Seed seed) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.size = size;
    this.seed = seed;
  }

  /**
   * Runs until the disturbance is over and enough is acknowledged.
   *
   * @param leastAcknowledged how much is enough
   * @param limit for the acknowledgements to come in, after the disturbance
   */
  Report run(Disturbance disturbance, long leastAcknowledged, Duration limit) throws Exception {
    int namespaceId;
    try (ByssusClient client = cluster.client().build()) {
      namespaceId = client.admin().createNamespace(namespace).id();
    }
    WriteJournal<RecordName> journal = new WriteJournal<>();
    Findings findings = new Findings();
    try (Load load = new Load(cluster, namespace, size, journal, findings, seed)) {
      awaitAcknowledged(load, BEFORE_DISTURBANCE, FIRST_LIMIT);
      disturbance.disturb(cluster, load);
      awaitAcknowledged(load, leastAcknowledged, limit);
      load.end();
    }
    SurvivalCheck.Looked looked =
        new SurvivalCheck(cluster, namespaceId, journal, findings.violations()).run();
    return new Report(journal, findings, looked);
  }

  /** Waits for so many acknowledgements. */
  static void awaitAcknowledged(Load load, long least, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (load.acknowledged() < least) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "only " + load.acknowledged() + " acknowledgements of " + least + " within " + limit);
      }
      TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
    }
  }
}
