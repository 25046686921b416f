package io.byssus.bench.report;

import io.byssus.bench.growth.GrowthLine;
import java.util.List;
import java.util.stream.Collectors;

/** Whether a curve is as it must be, in a sentence. */
public final class GrowthVerdict {
  private GrowthVerdict() {}

  /**
   * The verdict: reached where every line is.
   *
   * @param lines of one curve: 1 or more
   */
  public static String of(List<GrowthLine> lines) {
    String curve = lines.get(0).curve().label();
    List<GrowthLine> missed = lines.stream().filter(line -> !line.reached()).toList();
    if (missed.isEmpty()) {
      return curve + ": reached";
    }
    return curve
        + ": not reached: "
        + missed.stream().map(GrowthVerdict::missed).collect(Collectors.joining("; "));
  }

  private static String missed(GrowthLine line) {
    String rises =
        line.marks().stream()
            .map(mark -> Figure.rise(line, mark) + " at " + Figure.of(mark.x()))
            .collect(Collectors.joining(", "));
    return line.figure().name() + " must be " + line.bound() + "; its cost is " + rises;
  }
}
