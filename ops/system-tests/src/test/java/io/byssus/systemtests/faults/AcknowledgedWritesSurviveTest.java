package io.byssus.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.systemtests.FaultSuite;
import io.byssus.systemtests.TestCluster;
import io.byssus.testkit.Fate;
import io.byssus.testkit.Seed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Nothing acknowledged is lost, nothing is applied twice and nothing goes back, whatever is killed.
 *
 * <p>{@code -Dseed=N} replays the plan of kills and the choices of the clients; how they fall
 * together with the threads of ten processes is never the same twice.
 */
@ExtendWith(FaultSuite.class)
final class AcknowledgedWritesSurviveTest {
  private static final int SHARDS = 16;
  private static final Load.Size SIZE = new Load.Size(4, 24, 4, 16);
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @Test
  void nothingAcknowledgedIsLostAppliedTwiceOrGoesBackWhileProcessesAreKilled() throws Exception {
    Seed seed = Seed.of("AcknowledgedWritesSurviveTest");
    Map<Victim, Integer> kills = Map.of(Victim.SERVER, 2, Victim.DISPATCHER, 1, Victim.LEADER, 1);
    run(seed, kills, 10_000, report -> {});
  }

  @Test
  @Tag("faults")
  void theLongRunFindsNothingEither() throws Exception {
    int runs = Integer.getInteger("runs", 2);
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
    Map<String, Integer> faults = new TreeMap<>();
    kills.forEach((victim, times) -> faults.put("SIGKILL of " + victim, times));
    Seed first = Seed.of("AcknowledgedWritesSurviveTest");
    for (int i = 0; i < runs; i++) {
      Seed seed = i == 0 ? first : first.part(i);
      System.out.println("run " + (i + 1) + " of " + runs + ", seed " + seed.value());
      run(
          seed,
          kills,
          50_000,
          report ->
              FaultSuite.ran(
                  seed.value(),
                  faults,
                  report.operations(),
                  report.findings().violations().total()));
    }
  }

  private static void run(
      Seed seed, Map<Victim, Integer> kills, long least, Consumer<SurvivalRun.Report> counted)
      throws Exception {
    assertTrue(SIZE.writesInFlight() >= 100);
    TestCluster.with(
        "survival",
        SHARDS,
        config -> config.withNodes(3, 3, 2),
        cluster -> {
          SurvivalRun.Report report =
              new SurvivalRun(cluster, "survival", SIZE, seed.part(0))
                  .run(RandomKills.of(kills, seed.part(1)), least, LIMIT);
          System.out.println(report);
          counted.accept(report);
          assertNothingIsWrong(report);
          assertTrue(report.journal().ended(Fate.ACKNOWLEDGED) >= least);
        });
  }

  private static void assertNothingIsWrong(SurvivalRun.Report report) {
    assertEquals(
        0, report.findings().violations().total(), report.findings().violations().toString());
    assertEquals(List.of(), report.unexpected());
    assertTrue(report.findings().reads() > 0 && report.findings().delayedDuplicates() > 0);
  }
}
