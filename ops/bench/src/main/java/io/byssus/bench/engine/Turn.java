package io.byssus.bench.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/** A contender and its figures so far. What goes wrong is kept; it takes no further turn then. */
final class Turn implements AutoCloseable {
  private static final double NANOS_OF_MICRO = 1_000;

  /** Figures of two rounds that lie no further apart than this are of one contender, as warm. */
  private static final double STEADY = 0.1;

  private final String name;
  private final Consumer<String> progress;
  private final List<Double> figures = new ArrayList<>();
  private Optional<LatencyCurve> curve = Optional.empty();
  private Running running;
  private double before;
  private double latest;
  private String trouble = "";
  private boolean missing;

  private Turn(String name, Consumer<String> progress) {
    this.name = name;
    this.progress = progress;
  }

  static Turn open(Contender contender, Consumer<String> progress) throws InterruptedException {
    Turn turn = new Turn(contender.name(), progress);
    try {
      turn.running = contender.opening().open();
    } catch (NotInstalledException e) {
      turn.missing = true;
      turn.trouble = e.getMessage();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      turn.failed(e);
    }
    return turn;
  }

  String name() {
    return name;
  }

  /** The counted ones. */
  List<Double> figures() {
    return figures;
  }

  boolean isSound() {
    return trouble.isEmpty();
  }

  /** Whether its last figure was about that of the turn before; where it has no figures, yes. */
  boolean isSteady() {
    return !isSound() || Math.abs(latest - before) <= STEADY * Math.max(latest, before);
  }

  boolean isMissing() {
    return missing;
  }

  String trouble() {
    return trouble;
  }

  void take(Duration length, boolean counts) throws InterruptedException {
    if (!isSound()) {
      return;
    }
    try {
      double figure = running.measure(length);
      before = latest;
      latest = figure;
      if (counts) {
        if (!(figure > 0)) {
          throw new IllegalStateException("measured " + figure);
        }
        figures.add(figure);
      }
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      failed(e);
    }
  }

  /**
   * Latencies against load, where the contender has them and its turns went well. A curve that
   * fails is left out and told; the figures stay.
   */
  void drawCurve(List<Double> loads, Duration length) throws InterruptedException {
    if (!isSound() || figures.isEmpty()) {
      return;
    }
    double highest = Spread.of(figures).median();
    List<LatencyCurve.Point> points = new ArrayList<>();
    try {
      for (double load : loads) {
        Optional<Histogram> latencies = running.latencies(load * highest, length);
        if (latencies.isEmpty()) {
          return;
        }
        points.add(
            new LatencyCurve.Point(
                load * highest,
                latencies.get().getValueAtPercentile(50) / NANOS_OF_MICRO,
                latencies.get().getValueAtPercentile(99) / NANOS_OF_MICRO));
      }
      curve = Optional.of(new LatencyCurve(name, points));
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      progress.accept("no latency curve of " + told(e));
    }
  }

  /** The curve, once drawn. */
  Optional<LatencyCurve> curve() {
    return curve;
  }

  /** What goes wrong here is told, and takes no figure back. */
  @Override
  public void close() {
    if (running != null) {
      try {
        running.close();
      } catch (Exception e) {
        progress.accept("closing " + name + " failed: " + e);
      }
    }
  }

  private void failed(Exception e) {
    trouble = told(e);
  }

  private String told(Exception e) {
    return name + ": " + Trouble.of(e);
  }
}
