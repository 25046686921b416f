package io.byssus.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.systemtests.TestCluster;
import io.byssus.testkit.Fate;
import io.byssus.testkit.Seed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Nothing acknowledged is lost, nothing is applied twice and nothing goes back, whatever is killed.
 *
 * <p>{@code -Dseed=N} replays the plan of kills and the choices of the clients; how they fall
 * together with the threads of ten processes is never the same twice.
 */
final class AcknowledgedWritesSurviveTest {
  private static final int SHARDS = 16;
  private static final Load.Size SIZE = new Load.Size(4, 24, 4, 16);
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @Test
  void nothingAcknowledgedIsLostAppliedTwiceOrGoesBackWhileProcessesAreKilled() throws Exception {
    Seed seed = Seed.of("AcknowledgedWritesSurviveTest");
    Map<Victim, Integer> kills = Map.of(Victim.SERVER, 3, Victim.DISPATCHER, 2, Victim.LEADER, 2);
    SurvivalRun.Report report = run(seed, kills, 10_000);
    assertNothingIsWrong(report);
  }

  @Test
  @Tag("faults")
  void theLongRunFindsNothingEither() throws Exception {
    int runs = Integer.getInteger("runs", 1);
    Map<Victim, Integer> kills =
        Map.of(
            Victim.SERVER,
            6,
            Victim.DISPATCHER,
            5,
            Victim.LEADER,
            4,
            Victim.KAFKA,
            3,
            Victim.EVERYTHING,
            1);
    Seed first = Seed.of("AcknowledgedWritesSurviveTest");
    TreeSet<Long> seeds = new TreeSet<>();
    long faults = 0;
    long operations = 0;
    for (int i = 0; i < runs; i++) {
      Seed seed = i == 0 ? first : first.part(i);
      System.out.println("run " + (i + 1) + " of " + runs + ", seed " + seed.value());
      SurvivalRun.Report report = run(seed, kills, 50_000);
      assertNothingIsWrong(report);
      seeds.add(seed.value());
      faults += kills.values().stream().mapToInt(Integer::intValue).sum();
      operations += report.operations();
    }
    System.out.println(
        "fault suite: runs="
            + runs
            + " seeds="
            + seeds.size()
            + " faults="
            + faults
            + " operations="
            + operations
            + " violations=0");
  }

  private static SurvivalRun.Report run(Seed seed, Map<Victim, Integer> kills, long least)
      throws Exception {
    SurvivalRun.Report[] report = new SurvivalRun.Report[1];
    TestCluster.with(
        "survival",
        SHARDS,
        config -> config.withNodes(3, 3, 2),
        cluster -> {
          report[0] =
              new SurvivalRun(cluster, "survival", SIZE, seed.part(0))
                  .run(RandomKills.of(kills, seed.part(1)), least, LIMIT);
          System.out.println(report[0]);
          assertNothingIsWrong(report[0]);
        });
    assertTrue(SIZE.writesInFlight() >= 100);
    assertTrue(report[0].journal().ended(Fate.ACKNOWLEDGED) >= least);
    return report[0];
  }

  private static void assertNothingIsWrong(SurvivalRun.Report report) {
    assertEquals(
        0, report.findings().violations().total(), report.findings().violations().toString());
    assertEquals(List.of(), report.unexpected());
    assertTrue(report.findings().reads() > 0 && report.findings().delayedDuplicates() > 0);
  }
}
