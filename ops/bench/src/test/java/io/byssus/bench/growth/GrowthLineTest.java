package io.byssus.bench.growth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.bench.engine.Spread;
import io.byssus.bench.growth.GrowthFigure.Kind;
import io.byssus.bench.growth.GrowthLine.Mark;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GrowthLineTest {
  private static final GrowthFigure P99 = new GrowthFigure(Workload.GET, Kind.P99);
  private static final GrowthFigure THROUGHPUT = new GrowthFigure(Workload.GET, Kind.THROUGHPUT);

  @Test
  void halfTheThroughputIsTwiceTheCost() {
    GrowthLine line = line(GrowthCurve.SHARDS, THROUGHPUT, mark(16, 20_000), mark(256, 10_000));
    assertEquals(2, line.rise(line.marks().get(1)).orElseThrow(), 1e-9);
    assertEquals(List.of(Growth.FIRST, Growth.AT_MOST_LINEAR), growths(line));
    assertTrue(line.reached());
  }

  @Test
  void pointReadsMayNotGrowWithTheNumberOfNamespaces() {
    GrowthLine flat = line(GrowthCurve.NAMESPACES, P99, mark(1, 100), mark(10_000, 129));
    assertEquals(List.of(Growth.FIRST, Growth.FLAT), growths(flat));
    assertTrue(flat.reached());
    GrowthLine grows = line(GrowthCurve.NAMESPACES, P99, mark(1, 100), mark(10_000, 131));
    assertEquals(List.of(Growth.FIRST, Growth.AT_MOST_LINEAR), growths(grows));
    assertFalse(grows.reached());
  }

  @Test
  void aRiseThatMayBeNoiseIsFlat() {
    Mark first = mark(1, 1, new Spread(100, 60, 160));
    for (Spread unclear :
        List.of(
            // As slow as the slowest round of the first point.
            new Spread(160, 110, 500),
            // One round was as fast as the median of the first point.
            new Spread(200, 100, 500))) {
      assertTrue(line(GrowthCurve.NAMESPACES, P99, first, mark(10_000, 10_000, unclear)).reached());
    }
    Mark slower = mark(10_000, 10_000, new Spread(161, 101, 500));
    assertFalse(line(GrowthCurve.NAMESPACES, P99, first, slower).reached());
  }

  @Test
  void writesMayGrowInProportionToTheNumberOfNamespaces() {
    GrowthFigure writes = new GrowthFigure(Workload.WRITE_STREAM, Kind.P99);
    assertTrue(line(GrowthCurve.NAMESPACES, writes, mark(1, 100), mark(100, 9_000)).reached());
    assertFalse(line(GrowthCurve.NAMESPACES, writes, mark(1, 100), mark(100, 11_000)).reached());
  }

  @Test
  void aKneeIsWorseThanLinearAlsoWhereTheWholeCurveIsNot() {
    GrowthLine line =
        line(GrowthCurve.SHARDS, P99, mark(16, 100), mark(256, 100), mark(1_024, 410));
    assertEquals(List.of(Growth.FIRST, Growth.FLAT, Growth.WORSE), growths(line));
    assertFalse(line.reached());
  }

  @Test
  void aRiseBeyondProportionThatMayBeNoiseIsNotHeldAgainstTheLine() {
    Mark first = mark(1, 1, new Spread(100, 80, 120));
    assertEquals(
        Growth.WORSE,
        line(GrowthCurve.VERSIONS, P99, first, mark(10, 10, new Spread(1_300, 1_100, 1_500)))
            .growth(mark(10, 10, new Spread(1_300, 1_100, 1_500))));
    for (Spread unclear :
        List.of(
            // One round was no more than in proportion to the median of the first point.
            new Spread(1_300, 990, 1_500),
            // As slow as the slowest round of the first point, in proportion.
            new Spread(1_190, 1_100, 1_500))) {
      GrowthLine line = line(GrowthCurve.VERSIONS, P99, first, mark(10, 10, unclear));
      assertEquals(List.of(Growth.FIRST, Growth.AT_MOST_LINEAR), growths(line));
    }
  }

  @Test
  void theCostOfAValueIsHeldAgainstItsBytesAndItsKeys() {
    GrowthPoint small = GrowthCurve.VALUE_SIZE.points(1_000_000).get(0);
    GrowthPoint larger = GrowthCurve.VALUE_SIZE.points(1_000_000).get(1);
    Mark first = new Mark(small.x(), small.work(), figures(100), "");
    // Ten times the value are 4.46 times the record.
    Mark worse = new Mark(larger.x(), larger.work(), figures(450), "");
    assertFalse(line(GrowthCurve.VALUE_SIZE, P99, first, worse).reached());
    Mark linear = new Mark(larger.x(), larger.work(), figures(440), "");
    assertTrue(line(GrowthCurve.VALUE_SIZE, P99, first, linear).reached());
  }

  @Test
  void aLineWithAPointThatWasNotMeasuredIsNotReached() {
    Mark failed = new Mark(256, 256, Optional.empty(), "no cluster");
    GrowthLine line = line(GrowthCurve.SHARDS, P99, mark(16, 100), failed, mark(1_024, 100));
    assertEquals(List.of(Growth.FIRST, Growth.UNKNOWN, Growth.FLAT), growths(line));
    assertFalse(line.reached());
    assertFalse(line(GrowthCurve.SHARDS, P99, failed, mark(1_024, 100)).reached());
  }

  private static List<Growth> growths(GrowthLine line) {
    return line.marks().stream().map(line::growth).toList();
  }

  private static GrowthLine line(GrowthCurve curve, GrowthFigure figure, Mark... marks) {
    return new GrowthLine(curve, figure, List.of(marks));
  }

  private static Mark mark(long x, double figure) {
    return new Mark(x, x, figures(figure), "");
  }

  private static Mark mark(long x, double work, Spread figures) {
    return new Mark(x, work, Optional.of(figures), "");
  }

  private static Optional<Spread> figures(double figure) {
    return Optional.of(new Spread(figure, figure, figure));
  }
}
