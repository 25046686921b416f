package io.byssus.bench;

import io.byssus.bench.cases.Catalog;
import io.byssus.bench.cases.WarmUp;
import io.byssus.bench.engine.BenchCase;
import io.byssus.bench.engine.CaseResult;
import io.byssus.bench.engine.CaseRun;
import io.byssus.bench.engine.Rounds;
import io.byssus.bench.load.Records;
import io.byssus.bench.stage.Extent;
import io.byssus.bench.stage.Stage;
import io.byssus.bench.stage.StagePlan;
import io.byssus.cluster.ExitCleanUp;
import io.byssus.cluster.ThrowAwayFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Measures Byssus against what it stands on and against its peers, in one run. */
public final class Bench {
  private static final int VALUE_BYTES = 100;

  /** How long the warm-up of all is, in turns for each round that is counted. */
  private static final long WARM_UP_TURNS = 16;

  private final BenchConfig config;
  private final Consumer<String> progress;

  /**
   * A run.
   *
   * @param progress is told, in a line, what is being done
   */
  public Bench(BenchConfig config, Consumer<String> progress) {
    this.config = config;
    this.progress = progress;
  }

  /** The names of all cases, in the order in which they run. */
  public static List<String> cases() {
    StagePlan nothing =
        new StagePlan("", Path.of(""), Optional.empty(), new Records(1, VALUE_BYTES), Extent.USUAL);
    return Catalog.on(new Stage(nothing, line -> {})).stream().map(BenchCase::name).toList();
  }

  /**
   * Measures. All processes have ended and all files are removed when this returns, and also when
   * the JVM is told to end before.
   *
   * @param rows is told each row when it is there; one that failed or was skipped says so
   */
  public void run(Consumer<CaseResult> rows) throws Exception {
    try (ThrowAwayFolder folder = ThrowAwayFolder.create(config.temporary(), "byssus-bench-")) {
      StagePlan plan =
          new StagePlan(
              config.main(),
              folder.path(),
              config.endpoint(),
              new Records(config.records(), VALUE_BYTES),
              config.extent());
      try (Stage stage = new Stage(plan, progress, loaded -> WarmUp.run(loaded, warmUp()));
          ExitCleanUp untilDone = new ExitCleanUp(stage, folder)) {
        run(stage, rows);
      }
    }
  }

  private void run(Stage stage, Consumer<CaseResult> rows) throws InterruptedException {
    for (BenchCase benchCase : Catalog.on(stage)) {
      if (isAskedFor(benchCase)) {
        Rounds rounds = benchCase.conduct().of(config.rounds());
        new CaseRun(rounds, progress).run(benchCase).forEach(rows);
      }
    }
  }

  /**
   * Two and a half minutes with the usual rounds, and a little more: about what a JVM's compilers
   * need.
   */
  private Duration warmUp() {
    return config.rounds().length().multipliedBy(WARM_UP_TURNS * config.rounds().counted());
  }

  private boolean isAskedFor(BenchCase benchCase) {
    return config.cases().isEmpty()
        ? !benchCase.conduct().onlyWhereNamed()
        : config.cases().contains(benchCase.name());
  }
}
