package io.byssus.bench.report;

import io.byssus.bench.engine.CaseResult;
import io.byssus.bench.engine.Spread;
import java.util.List;
import java.util.Locale;

/**
 * Ratios by case, as parts of their targets: a bar to the median, a line from the smallest to the
 * largest, and the target, at which all bars can be compared.
 */
final class RatioPlot {
  private static final int LABELS = 330;
  private static final int WIDTH = 900;
  private static final int ROW = 26;
  private static final double LEAST_SCALE = 2;

  private RatioPlot() {}

  static String of(List<CaseResult> rows) {
    List<CaseResult> measured =
        rows.stream().filter(row -> row.figures().isPresent() && row.target().isSet()).toList();
    double scale =
        measured.stream()
            .mapToDouble(row -> row.figures().get().ratio().max() / row.target().ratio())
            .reduce(LEAST_SCALE, Math::max);
    int height = ROW * (measured.size() + 1);
    StringBuilder svg = new StringBuilder();
    line(svg, "<svg width=\"%d\" height=\"%d\">", WIDTH, height);
    int y = 0;
    for (CaseResult row : measured) {
      Spread ratio = row.figures().get().ratio();
      double target = row.target().ratio();
      double median = x(ratio.median() / target, scale);
      int middle = y + ROW / 2;
      String label = HtmlReport.escaped(row.name() + " against " + row.ceilingName());
      line(svg, "<text x=\"0\" y=\"%d\">%s</text>", middle + 4, label);
      line(
          svg,
          "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
          LABELS,
          y + 5,
          median - LABELS,
          ROW - 10,
          row.reached() ? "#3b7dd8" : "#c2506b");
      line(
          svg,
          "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#222\"/>",
          x(ratio.min() / target, scale),
          middle,
          x(ratio.max() / target, scale),
          middle);
      y += ROW;
    }
    line(
        svg,
        "<line x1=\"%.1f\" y1=\"0\" x2=\"%.1f\" y2=\"%d\" stroke=\"#222\" stroke-dasharray=\"4\"/>",
        x(1, scale),
        x(1, scale),
        y);
    line(svg, "<text x=\"%.1f\" y=\"%d\">target</text>", x(1, scale) + 4, y + 14);
    return svg.append("</svg>\n").toString();
  }

  private static double x(double partOfTarget, double scale) {
    return LABELS + (WIDTH - LABELS) * partOfTarget / scale;
  }

  private static void line(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
