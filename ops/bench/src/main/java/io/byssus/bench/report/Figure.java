package io.byssus.bench.report;

import io.byssus.bench.engine.CaseResult;
import io.byssus.bench.growth.GrowthLine;
import java.util.Locale;
import java.util.OptionalDouble;

/** Figures as people read them. */
public final class Figure {
  private Figure() {}

  /** Whether a target is reached; a dash where there is none. */
  public static String reached(CaseResult row) {
    if (!row.target().isSet()) {
      return "–";
    }
    return row.reached() ? "yes" : "no";
  }

  /** How many times the cost at the first point a cost is; a dash where that is not known. */
  public static String rise(GrowthLine line, GrowthLine.Mark mark) {
    OptionalDouble rise = line.rise(mark);
    return rise.isPresent() ? "× " + of(rise.getAsDouble()) : "–";
  }

  /** A whole number: 10,000. */
  public static String of(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** Three digits that matter and no more: 0.123, 12.3, 123, 123,456. */
  public static String of(double figure) {
    double size = Math.abs(figure);
    int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%,." + decimals + "f", figure);
  }
}
