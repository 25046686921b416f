package io.byssus.bench.engine;

import io.byssus.bench.engine.CaseResult.Figures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Measures a case.
 *
 * <p>Subject and ceilings take turns, so that whatever else the machine does hits all of them. A
 * ratio is of two neighbours: the subject's turn and the ceiling's turn of the same round. What is
 * compared with the target is the median of the ratios.
 *
 * <p>A ceiling that is not installed or fails costs its own row; a subject costs all rows of the
 * case.
 */
public final class CaseRun {
  private final Rounds rounds;
  private final Consumer<String> progress;

  /**
   * Measures in these rounds.
   *
   * @param progress is told, in a line, what is being done
   */
  public CaseRun(Rounds rounds, Consumer<String> progress) {
    this.rounds = rounds;
    this.progress = progress;
  }

  /** One row for each ceiling; a failure is told in its rows and not thrown. */
  public List<CaseResult> run(BenchCase benchCase) throws InterruptedException {
    try (Turn subject = Turn.open(benchCase.subject(), progress)) {
      Map<BenchCase.Ceiling, Turn> ceilings = new LinkedHashMap<>();
      try {
        for (BenchCase.Ceiling ceiling : benchCase.ceilings()) {
          ceilings.put(ceiling, Turn.open(ceiling.contender(), progress));
        }
        List<Turn> others = List.copyOf(ceilings.values());
        takeTurns(benchCase.name(), subject, others);
        if (subject.isSound()) {
          progress.accept(benchCase.name() + ": latencies");
        }
        Duration length = rounds.length().dividedBy(2);
        subject.drawCurve(rounds.loads(), length);
        for (Turn other : others) {
          other.drawCurve(rounds.loads(), length);
        }
        List<CaseResult> rows = new ArrayList<>();
        for (Map.Entry<BenchCase.Ceiling, Turn> ceiling : ceilings.entrySet()) {
          rows.add(row(benchCase, ceiling.getKey(), subject, ceiling.getValue()));
        }
        return rows;
      } finally {
        ceilings.values().forEach(Turn::close);
      }
    }
  }

  private void takeTurns(String name, Turn subject, List<Turn> ceilings)
      throws InterruptedException {
    List<Turn> all = new ArrayList<>(ceilings);
    all.add(0, subject);
    boolean warm = false;
    for (int round = 1; round <= rounds.warmUps() && !warm && subject.isSound(); round++) {
      progress.accept(name + ": warm-up");
      warm = true;
      for (Turn turn : all) {
        turn.take(rounds.length(), false);
        warm &= turn.isSteady();
      }
    }
    for (int round = 1; round <= rounds.counted() && subject.isSound(); round++) {
      progress.accept(name + ": round " + round + " of " + rounds.counted());
      for (Turn turn : all) {
        turn.take(rounds.length(), true);
      }
    }
  }

  private CaseResult row(
      BenchCase benchCase, BenchCase.Ceiling ceiling, Turn subject, Turn against) {
    for (Turn turn : List.of(subject, against)) {
      if (!turn.isSound()) {
        return CaseResult.without(benchCase, ceiling, turn.trouble(), turn.isMissing());
      }
    }
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < subject.figures().size(); i++) {
      ratios.add(subject.figures().get(i) / against.figures().get(i));
    }
    Figures figures =
        new Figures(Spread.of(subject.figures()), Spread.of(against.figures()), Spread.of(ratios));
    List<LatencyCurve> curves = new ArrayList<>();
    subject.curve().ifPresent(curves::add);
    against.curve().ifPresent(curves::add);
    return CaseResult.with(benchCase, ceiling, figures, curves);
  }
}
