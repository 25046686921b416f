package io.byssus.bench.growth;

import io.byssus.bench.engine.Rounds;
import io.byssus.bench.engine.Running;
import io.byssus.bench.engine.Spread;
import io.byssus.bench.engine.Trouble;
import io.byssus.bench.growth.GrowthFigure.Kind;
import io.byssus.bench.growth.GrowthLine.Mark;
import io.byssus.bench.stage.ClusterSource;
import io.byssus.bench.stage.SpreadRecords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * Measures a curve: every point on a cluster of its own, so that none is warmer, fuller or more
 * worn than another. The workloads take turns, so that what else the machine does hits all of them:
 * first rounds for the highest throughput, then rounds at half of its median for latencies.
 *
 * <p>A point that fails has no figures and says why; the others are measured.
 */
public final class GrowthRun {
  private static final double NANOS_OF_MICRO = 1_000;
  private static final double LOAD = 0.5;

  /** A round that is faster than the fastest by less than this shows that nothing warms up. */
  private static final double FASTER = 1.05;

  private final ClusterSource clusters;
  private final Rounds rounds;
  private final int records;
  private final Consumer<String> progress;

  /**
   * Measures in these rounds.
   *
   * @param clusters where the clusters come from, one at a time
   * @param records how many there are where the curve says nothing else
   * @param progress is told, in a line, what is being done
   */
  public GrowthRun(ClusterSource clusters, Rounds rounds, int records, Consumer<String> progress) {
    this.clusters = clusters;
    this.rounds = rounds;
    this.records = records;
    this.progress = progress;
  }

  /** The lines of a curve, one for each figure. */
  public List<GrowthLine> run(GrowthCurve curve) throws InterruptedException {
    Map<GrowthFigure, List<Mark>> lines = new LinkedHashMap<>();
    for (GrowthPoint point : curve.points(records)) {
      String trouble = "";
      Map<GrowthFigure, Spread> measured = Map.of();
      try {
        measured = measure(curve.label() + " " + point.x(), point);
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        trouble = Trouble.of(e);
        progress.accept(curve.label() + " " + point.x() + " failed: " + trouble);
      }
      for (GrowthFigure figure : figures()) {
        lines
            .computeIfAbsent(figure, f -> new ArrayList<>())
            .add(
                new Mark(
                    point.x(), point.work(), Optional.ofNullable(measured.get(figure)), trouble));
      }
    }
    List<GrowthLine> all = new ArrayList<>();
    lines.forEach((figure, marks) -> all.add(new GrowthLine(curve, figure, marks)));
    return all;
  }

  private static List<GrowthFigure> figures() {
    List<GrowthFigure> figures = new ArrayList<>();
    for (Workload workload : Workload.values()) {
      figures.add(new GrowthFigure(workload, Kind.THROUGHPUT));
      figures.add(new GrowthFigure(workload, Kind.P99));
    }
    return figures;
  }

  private Map<GrowthFigure, Spread> measure(String what, GrowthPoint point) throws Exception {
    progress.accept(what + ": starting a cluster");
    try (ClusterSource.Started cluster = clusters.start(point.spreading().shards());
        SpreadRecords loaded =
            SpreadRecords.load(
                cluster.endpoints(),
                point.spreading(),
                line -> progress.accept(what + ": " + line))) {
      Map<Workload, Running> workloads = new EnumMap<>(Workload.class);
      try {
        for (Workload workload : Workload.values()) {
          workloads.put(workload, workload.on(loaded));
        }
        return measure(what, workloads);
      } finally {
        for (Running running : workloads.values()) {
          running.close();
        }
      }
    }
  }

  private Map<GrowthFigure, Spread> measure(String what, Map<Workload, Running> workloads)
      throws Exception {
    progress.accept(what + ": warming up");
    for (Running running : workloads.values()) {
      warmUp(running);
    }
    progress.accept(what + ": throughput");
    Map<Workload, List<Double>> throughputs = new EnumMap<>(Workload.class);
    for (int round = 0; round < rounds.counted(); round++) {
      for (Map.Entry<Workload, Running> workload : workloads.entrySet()) {
        figuresOf(throughputs, workload.getKey())
            .add(positive(workload.getValue().measure(rounds.length())));
      }
    }
    progress.accept(what + ": latencies");
    Map<Workload, List<Double>> latencies = new EnumMap<>(Workload.class);
    for (int round = 0; round < rounds.counted(); round++) {
      for (Map.Entry<Workload, Running> workload : workloads.entrySet()) {
        double load = LOAD * Spread.of(throughputs.get(workload.getKey())).median();
        figuresOf(latencies, workload.getKey())
            .add(p99Micros(workload.getValue(), load, rounds.length()));
      }
    }
    Map<GrowthFigure, Spread> measured = new LinkedHashMap<>();
    throughputs.forEach(
        (workload, figures) ->
            measured.put(new GrowthFigure(workload, Kind.THROUGHPUT), Spread.of(figures)));
    latencies.forEach(
        (workload, figures) ->
            measured.put(new GrowthFigure(workload, Kind.P99), Spread.of(figures)));
    return measured;
  }

  /**
   * Every cluster is new, and its processes compile what they run. Some were kept busy longer than
   * others by what was loaded: so each is warmed up until it does not become faster any more.
   */
  private void warmUp(Running running) throws Exception {
    double fastest = 0;
    for (int round = 0; round < rounds.warmUps(); round++) {
      double perSecond = running.measure(rounds.length());
      if (round > 0 && perSecond < fastest * FASTER) {
        return;
      }
      fastest = Math.max(fastest, perSecond);
    }
  }

  private static List<Double> figuresOf(Map<Workload, List<Double>> all, Workload workload) {
    return all.computeIfAbsent(workload, w -> new ArrayList<>());
  }

  private static double p99Micros(Running running, double perSecond, Duration length)
      throws Exception {
    Histogram latencies = running.latencies(perSecond, length).orElseThrow();
    return positive(latencies.getValueAtPercentile(99) / NANOS_OF_MICRO);
  }

  private static double positive(double figure) {
    if (!(figure > 0)) {
      throw new IllegalStateException("measured " + figure);
    }
    return figure;
  }
}
