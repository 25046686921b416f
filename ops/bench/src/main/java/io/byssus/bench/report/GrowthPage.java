package io.byssus.bench.report;

import io.byssus.bench.engine.Spread;
import io.byssus.bench.growth.GrowthCurve;
import io.byssus.bench.growth.GrowthFigure.Kind;
import io.byssus.bench.growth.GrowthLine;
import io.byssus.bench.growth.GrowthLine.Mark;
import java.util.List;

/** One page with the lines of growth and a plot of each curve; refers to nothing outside of it. */
public final class GrowthPage {
  private static final String INTRODUCTION =
      """
      <p>How cost grows. Throughput is with 64 point reads in flight, or as many streamed writes as
      a writer has open, counted when a replica has them; p99 is at half of that throughput, from the
      moment at which an operation was due. Shown are medians of the rounds, and from the smallest to
      the largest. What an operation costs is its latency, or its part of a second; the rise is how
      many times the cost at the first point it is. Cost may grow in proportion to x (for values: to
      the bytes of key and value), and that of point reads not at all with the number of
      namespaces.</p>
      """;

  private GrowthPage() {}

  /** The page. */
  public static String of(List<GrowthLine> lines) {
    StringBuilder page = HtmlReport.begun(INTRODUCTION);
    for (GrowthCurve curve : GrowthCurve.values()) {
      List<GrowthLine> ofCurve = lines.stream().filter(line -> line.curve() == curve).toList();
      if (!ofCurve.isEmpty()) {
        page.append("<h2>").append(curve.label()).append("</h2>\n");
        page.append("<p>").append(HtmlReport.escaped(GrowthVerdict.of(ofCurve))).append("</p>\n");
        page.append(GrowthPlot.of("throughput", of(ofCurve, Kind.THROUGHPUT)));
        page.append(GrowthPlot.of("p99", of(ofCurve, Kind.P99)));
        table(page, ofCurve);
      }
    }
    return page.append(HtmlReport.END).toString();
  }

  private static List<GrowthLine> of(List<GrowthLine> lines, Kind kind) {
    return lines.stream().filter(line -> line.figure().kind() == kind).toList();
  }

  private static void table(StringBuilder page, List<GrowthLine> lines) {
    page.append("<table>\n<tr><th>figure</th><th>unit</th><th class=\"n\">")
        .append(HtmlReport.escaped(lines.get(0).curve().axis()))
        .append("</th><th class=\"n\">median</th><th class=\"n\">from – to</th>")
        .append("<th class=\"n\">rise</th><th>growth</th><th>may be</th><th>reached</th></tr>\n");
    for (GrowthLine line : lines) {
      line.marks().forEach(mark -> row(page, line, mark));
    }
    page.append("</table>\n");
  }

  private static void row(StringBuilder page, GrowthLine line, Mark mark) {
    page.append("<tr>");
    HtmlReport.cell(page, "", line.figure().name());
    HtmlReport.cell(page, "", line.figure().unit());
    HtmlReport.cell(page, "n", Figure.of(mark.x()));
    if (mark.figures().isPresent()) {
      Spread figures = mark.figures().get();
      HtmlReport.cell(page, "n", Figure.of(figures.median()));
      HtmlReport.cell(page, "n", Figure.of(figures.min()) + " – " + Figure.of(figures.max()));
      HtmlReport.cell(page, "n", Figure.rise(line, mark));
    } else {
      page.append("<td colspan=\"3\">failed: ")
          .append(HtmlReport.escaped(mark.trouble()))
          .append("</td>");
    }
    HtmlReport.cell(page, "", line.growth(mark).toString());
    HtmlReport.cell(page, "", line.bound().toString());
    HtmlReport.cell(page, line.reached() ? "" : "no", line.reached() ? "yes" : "no");
    page.append("</tr>\n");
  }
}
