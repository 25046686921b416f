package io.byssus.bench.growth;

import io.byssus.bench.engine.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One figure along a curve, and what is to be said of its growth.
 *
 * <p>The cost of an operation is its latency, or the time that it takes at the highest throughput.
 * A rise above a factor is no matter of the spread where the median of each point lies beyond all
 * rounds of the other, the factor accounted for. The cost is flat where the median is at most
 * {@value #NOISE} times that of the first point, or has not risen but by the spread. It grows worse
 * than linearly where, between any two points, it rises above the factor by which the work has
 * grown, and that is no matter of the spread.
 *
 * @param curve what grows
 * @param figure what was measured
 * @param marks by rising x: 1 or more
 */
public record GrowthLine(GrowthCurve curve, GrowthFigure figure, List<Mark> marks) {
  /** How much more a second measurement of the same may show. */
  public static final double NOISE = 1.3;

  /**
   * What was measured at a point.
   *
   * @param x what grows
   * @param work what cost may be in proportion to
   * @param figures empty where there are none
   * @param trouble why there are none; empty where there are
   */
  public record Mark(long x, double work, Optional<Spread> figures, String trouble) {}

  /** Checks the number of marks. */
  public GrowthLine {
    marks = List.copyOf(marks);
    if (marks.isEmpty()) {
      throw new IllegalArgumentException("a line has a mark at least");
    }
  }

  /** How many times the cost at the first point the cost is at another; empty if not measured. */
  public OptionalDouble rise(Mark mark) {
    return mark.figures().isEmpty() || marks.get(0).figures().isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(cost(mark).median() / cost(marks.get(0)).median());
  }

  /** How the cost has grown up to a point. */
  public Growth growth(Mark mark) {
    OptionalDouble rise = rise(mark);
    if (rise.isEmpty()) {
      return Growth.UNKNOWN;
    }
    int index = marks.indexOf(mark);
    if (index == 0) {
      return Growth.FIRST;
    }
    if (marks.subList(0, index).stream()
        .anyMatch(before -> rises(before, mark, mark.work() / before.work()))) {
      return Growth.WORSE;
    }
    return rise.getAsDouble() <= NOISE || !rises(marks.get(0), mark, 1)
        ? Growth.FLAT
        : Growth.AT_MOST_LINEAR;
  }

  /** How the cost may grow. */
  public GrowthBound bound() {
    return figure.bound(curve);
  }

  /** Whether it grows as it may; never where a point was not measured. */
  public boolean reached() {
    List<Growth> later = new ArrayList<>();
    marks.forEach(mark -> later.add(growth(mark)));
    return later.stream()
        .allMatch(
            growth ->
                switch (growth) {
                  case FIRST, FLAT -> true;
                  case AT_MOST_LINEAR -> bound() == GrowthBound.LINEAR;
                  case WORSE, UNKNOWN -> false;
                });
  }

  private boolean rises(Mark before, Mark after, double allowed) {
    if (before.figures().isEmpty()) {
      return false;
    }
    Spread from = cost(before);
    Spread to = cost(after);
    return to.median() > allowed * from.max() && to.min() > allowed * from.median();
  }

  private Spread cost(Mark mark) {
    return figure.cost(mark.figures().orElseThrow());
  }
}
