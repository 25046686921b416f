package io.byssus.bench;

import io.byssus.bench.cases.Catalog;
import io.byssus.bench.engine.BenchCase;
import io.byssus.bench.engine.CaseResult;
import io.byssus.bench.engine.CaseRun;
import io.byssus.bench.load.Records;
import io.byssus.bench.stage.Stage;
import io.byssus.bench.stage.StagePlan;
import io.byssus.cluster.ThrowAwayFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Measures Byssus against what it stands on and against its peers, in one run. */
public final class Bench {
  private static final int VALUE_BYTES = 100;

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
        new StagePlan("", Path.of(""), Optional.empty(), new Records(1, VALUE_BYTES));
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
              new Records(config.records(), VALUE_BYTES));
      try (Stage stage = new Stage(plan, progress)) {
        Thread cleanUp = new Thread(() -> cleanUp(stage, folder), "bench-clean-up");
        Runtime.getRuntime().addShutdownHook(cleanUp);
        try {
          run(stage, rows);
        } finally {
          forget(cleanUp);
        }
      }
    }
  }

  private void run(Stage stage, Consumer<CaseResult> rows) throws InterruptedException {
    CaseRun run = new CaseRun(config.rounds(), progress);
    for (BenchCase benchCase : Catalog.on(stage)) {
      if (config.cases().isEmpty() || config.cases().contains(benchCase.name())) {
        run.run(benchCase).forEach(rows);
      }
    }
  }

  /** Every process ends with this JVM by itself; the files do not. */
  private static void cleanUp(Stage stage, ThrowAwayFolder folder) {
    try {
      stage.close();
    } catch (Exception e) {
      System.err.println("byssus: cannot end what was started: " + e.getMessage());
    }
    try {
      folder.close();
    } catch (IOException e) {
      System.err.println("byssus: cannot remove " + folder.path() + ": " + e.getMessage());
    }
  }

  private static void forget(Thread cleanUp) {
    try {
      Runtime.getRuntime().removeShutdownHook(cleanUp);
    } catch (IllegalStateException e) {
      // The JVM ends already, and the hook does its work.
    }
  }
}
