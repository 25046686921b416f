package io.byssus.systemtests.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.systemtests.FaultSuite;
import io.byssus.systemtests.Replicas;
import io.byssus.systemtests.TestCluster;
import io.byssus.testkit.Seed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Whatever happens to processes and connections, clients are told only what a correct store could
 * have told them: linearizable writes, conditional writes and linearizable reads; sessions that
 * miss nothing of their own and never go back; bounded reads within their bound; and only values
 * that were written.
 *
 * <p>{@code -Dseed=N} replays the plan of faults and the choices of the clients; how they fall
 * together with the threads of nine processes is never the same twice.
 */
@ExtendWith(FaultSuite.class)
final class HistoryTest {
  private static final int SHARDS = 8;
  private static final HistoryLoad.Size SIZE = new HistoryLoad.Size(6, 5, 40);
  private static final Duration LIMIT = Duration.ofMinutes(4);

  @Test
  void clientsAreToldOnlyWhatACorrectStoreCouldTell() throws Exception {
    Seed seed = Seed.of("HistoryTest");
    List<NodeFault> faults = NodeFault.sample(9, seed.part(2));
    run(
        2,
        new RandomFaults(faults, Duration.ofMillis(1_200), Duration.ofMillis(2_000), seed.part(1)),
        5_000,
        seed,
        false);
  }

  @Test
  @Tag("faults")
  void theLongRunFindsNothingEither() throws Exception {
    int runs = Integer.getInteger("runs", 6);
    Seed first = Seed.of("HistoryTest");
    for (int i = 0; i < runs; i++) {
      Seed seed = i == 0 ? first : first.part(i);
      System.out.println("run " + (i + 1) + " of " + runs + ", seed " + seed.value());
      run(
          2 + i % 2,
          new RandomFaults(
              NodeFault.all(), Duration.ofMillis(2_000), Duration.ofMillis(3_500), seed.part(1)),
          60_000,
          seed,
          true);
    }
  }

  private static void run(
      int servers, RandomFaults faults, long leastOperations, Seed seed, boolean suite)
      throws Exception {
    TestCluster.with(
        "history",
        SHARDS,
        config -> config.withNodes(3, servers, 2).withOtherPortsAdvertised(),
        cluster -> {
          cluster.createNamespace("history");
          HistoryRun.Report report =
              new HistoryRun(cluster, "history", SIZE, seed.part(0))
                  .run(history -> faults.inject(cluster), leastOperations, LIMIT);
          System.out.println(report);
          if (suite) {
            Map<String, Integer> count = new TreeMap<>(faults.count());
            RecoveryTimes.FAULTS.forEach((kind, more) -> count.merge(kind, more, Integer::sum));
            FaultSuite.ran(seed.value(), count, report.operations(), report.violations().total());
          }
          assertEquals(0, report.violations().total(), report.violations().toString());
          assertEquals(List.of(), report.outcomes().unexpected());
          assertEveryLevelWasRead(report.outcomes());
          if (suite) {
            RecoveryTimes.measure(cluster, "history");
          }
          // A copy of a write that was on its way may still arrive, at one replica first.
          Awaitility.await("replicas are equal")
              .atMost(Duration.ofSeconds(60))
              .untilAsserted(() -> assertTrue(Replicas.assertEqual(cluster) > 0));
        });
  }

  private static void assertEveryLevelWasRead(Outcomes outcomes) {
    for (String what :
        List.of(
            "write",
            "conditional write",
            "condition not met",
            "read LINEARIZABLE",
            "read SESSION",
            "read BOUNDED",
            "read EVENTUAL")) {
      assertTrue(outcomes.count(what) > 100, what + ": " + outcomes);
    }
  }
}
