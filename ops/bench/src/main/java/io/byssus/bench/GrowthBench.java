package io.byssus.bench;

import io.byssus.bench.growth.GrowthCurve;
import io.byssus.bench.growth.GrowthLine;
import io.byssus.bench.growth.GrowthRun;
import io.byssus.bench.stage.ClusterSource;
import io.byssus.bench.stage.OwnClusters;
import io.byssus.cluster.ExitCleanUp;
import io.byssus.cluster.ThrowAwayFolder;
import java.util.List;
import java.util.function.Consumer;

/** Measures how cost grows, on clusters of its own. */
public final class GrowthBench {
  private final GrowthConfig config;
  private final Consumer<String> progress;

  /**
   * A run.
   *
   * @param progress is told, in a line, what is being done
   */
  public GrowthBench(GrowthConfig config, Consumer<String> progress) {
    this.config = config;
    this.progress = progress;
  }

  /**
   * Measures. All processes have ended and all files are removed when this returns, and also when
   * the JVM is told to end before.
   *
   * @param lines is told the lines of each curve when they are there
   */
  public void run(Consumer<List<GrowthLine>> lines) throws Exception {
    try (ThrowAwayFolder folder = ThrowAwayFolder.create(config.temporary(), "byssus-bench-");
        OwnClusters clusters = new OwnClusters(config.main(), folder.path());
        ExitCleanUp untilDone = new ExitCleanUp(clusters, folder)) {
      run(clusters, lines);
    }
  }

  /** Measures on clusters of whatever kind. */
  void run(ClusterSource clusters, Consumer<List<GrowthLine>> lines) throws InterruptedException {
    GrowthRun run = new GrowthRun(clusters, config.rounds(), config.records(), progress);
    for (GrowthCurve curve : GrowthCurve.values()) {
      if (config.has(curve)) {
        lines.accept(run.run(curve));
      }
    }
  }
}
