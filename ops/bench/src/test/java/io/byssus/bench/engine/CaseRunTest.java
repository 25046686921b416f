package io.byssus.bench.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.bench.engine.BenchCase.Ceiling;
import io.byssus.bench.engine.CaseResult.Figures;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class CaseRunTest {
  private static final Rounds THREE = new Rounds(1, 3, Duration.ofSeconds(1));

  private final List<String> events = new ArrayList<>();

  @Test
  void subjectAndCeilingsTakeTurnsAndAreClosed() throws Exception {
    run(THREE, contender("s", 1, 1, 1, 1), contender("a", 1, 1, 1, 1), contender("b", 1, 1, 1, 1));
    String round = " s a b";
    assertEquals(
        "+s +a +b" + round.repeat(4) + " -a -b -s", String.join(" ", events), "with one warm-up");
  }

  @Test
  void warmUpsDoNotCountAndTheRatioIsTheMedianOfNeighbours() throws Exception {
    // The ceiling falls to half in the second counted round, and the subject with it.
    CaseResult row =
        run(THREE, contender("s", 900, 50, 25, 40), contender("c", 1, 100, 50, 200)).get(0);
    Figures figures = row.figures().orElseThrow();
    assertEquals(new Spread(0.5, 0.2, 0.5), figures.ratio());
    assertEquals(new Spread(40, 25, 50), figures.subject());
    assertEquals(new Spread(100, 50, 200), figures.ceiling());
    assertTrue(row.reached());
  }

  @Test
  void thereIsNoFurtherWarmUpWhereNobodyHasBecomeFaster() throws Exception {
    CaseResult row =
        run(
                new Rounds(9, 1, Duration.ofSeconds(1)),
                contender("s", 10, 50, 80, 100, 105, 7),
                contender("c", 10, 10, 10, 10, 10, 14))
            .get(0);
    assertEquals(0.5, row.figures().orElseThrow().ratio().median());
  }

  @Test
  void warmUpsHaveAnEnd() throws Exception {
    CaseResult row =
        run(
                new Rounds(3, 1, Duration.ofSeconds(1)),
                contender("s", 1, 2, 4, 7),
                contender("c", 1, 1, 1, 14))
            .get(0);
    assertEquals(0.5, row.figures().orElseThrow().ratio().median());
  }

  @Test
  void aTargetCanBeABoundFromAbove() {
    assertTrue(Target.atMost(3).isReachedBy(2.9));
    assertFalse(Target.atMost(3).isReachedBy(3.1));
    assertTrue(Target.atLeast(0.5).isReachedBy(0.5));
    assertFalse(Target.atLeast(0.5).isReachedBy(0.49));
  }

  @Test
  void aCeilingThatIsNotInstalledSkipsItsOwnRowAndCountsAsNotReached() throws Exception {
    Contender missing =
        new Contender(
            "peer",
            () -> {
              throw new NotInstalledException("peer-server is not on the path");
            });
    List<CaseResult> rows =
        run(THREE, contender("s", 1, 1, 1, 1), missing, contender("c", 1, 1, 1, 1));
    assertTrue(rows.get(0).skipped() && !rows.get(0).reached() && !rows.get(0).failed());
    assertEquals("peer-server is not on the path", rows.get(0).trouble());
    assertTrue(rows.get(1).reached());
  }

  @Test
  void aCeilingThatFailsInARoundHasNoFigureAndSaysWhatFailed() throws Exception {
    List<CaseResult> rows =
        run(THREE, contender("s", 1, 1, 1, 1), contender("bad", 1, 1), contender("c", 1, 1, 1, 1));
    assertTrue(rows.get(0).failed() && rows.get(0).figures().isEmpty());
    assertEquals("bad: no more figures: disk on fire", rows.get(0).trouble());
    assertTrue(rows.get(1).reached());
  }

  @Test
  void aSubjectThatCannotBeOpenedFailsEveryRow() throws Exception {
    Contender subject =
        new Contender(
            "s",
            () -> {
              throw new IOException("no cluster");
            });
    List<CaseResult> rows =
        run(THREE, subject, contender("a", 1, 1, 1, 1), contender("b", 1, 1, 1, 1));
    assertEquals(2, rows.size());
    assertTrue(
        rows.stream().allMatch(row -> row.failed() && row.trouble().equals("s: no cluster")));
    assertTrue(events.containsAll(List.of("-a", "-b")));
  }

  @Test
  void latenciesAreTakenAtPartsOfTheHighestThroughput() throws Exception {
    List<Double> loads = new ArrayList<>();
    Running running =
        new Running() {
          @Override
          public double measure(Duration length) {
            return 1_000;
          }

          @Override
          public Optional<Histogram> latencies(double perSecond, Duration length) {
            loads.add(perSecond);
            Histogram latencies = new Histogram(3);
            latencies.recordValue(8_000);
            return Optional.of(latencies);
          }
        };
    CaseResult row =
        run(THREE, new Contender("s", () -> running), contender("c", 1, 1, 1, 1)).get(0);
    assertEquals(List.of(100.0, 250.0, 500.0, 750.0, 900.0), loads);
    assertEquals("s", row.curves().get(0).contender());
    assertEquals(8, row.curves().get(0).points().get(0).p99Micros(), 0.1);
  }

  @Test
  void theMedianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
    assertEquals(new Spread(2.5, 1, 10), Spread.of(List.of(10.0, 1.0, 3.0, 2.0)));
    assertEquals(new Spread(7, 7, 7), Spread.of(List.of(7.0)));
  }

  private static List<CaseResult> run(Rounds rounds, Contender subject, Contender... ceilings)
      throws InterruptedException {
    List<Ceiling> all = new ArrayList<>();
    for (Contender ceiling : ceilings) {
      all.add(new Ceiling(ceiling, Target.atLeast(0.5)));
    }
    return new CaseRun(rounds, line -> {})
        .run(new BenchCase("case", "what", "ops/s", subject, all));
  }

  /** Says what happens to it; fails when its figures are used up. */
  private Contender contender(String name, double... figures) {
    Iterator<Double> left = Arrays.stream(figures).iterator();
    return new Contender(
        name,
        () -> {
          events.add("+" + name);
          return new Running() {
            @Override
            public double measure(Duration length) throws IOException {
              events.add(name);
              if (!left.hasNext()) {
                throw new IOException("no more figures", new IOException("disk on fire"));
              }
              return left.next();
            }

            @Override
            public void close() {
              events.add("-" + name);
            }
          };
        });
  }
}
