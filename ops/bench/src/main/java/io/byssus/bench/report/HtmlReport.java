package io.byssus.bench.report;

import io.byssus.bench.engine.CaseResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One page with the table and the plots; refers to nothing outside of it. */
public final class HtmlReport {
  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <title>Byssus: measurements</title>
      <style>
      body { font: 14px/1.5 sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums }
      th, td { border-bottom: 1px solid #ccc; padding: .3em .7em; text-align: left }
      td.n, th.n { text-align: right }
      .no { color: #b00020 }
      svg { font: 12px sans-serif; margin: 1em 0 }
      </style>
      </head>
      <body>
      <h1>Byssus: measurements</h1>
      """;

  /** Closes what {@link #begun} opens. */
  static final String END = "</body>\n</html>\n";

  private static final String INTRODUCTION =
      """
      <p>Subject and ceiling were measured in turns. A ratio is of two neighbouring turns; shown is
      the median, and from the smallest to the largest. Latencies count from the moment at which an
      operation was due.</p>
      """;

  private HtmlReport() {}

  /** The page. */
  public static String of(List<CaseResult> rows) {
    StringBuilder page = begun(INTRODUCTION);
    table(page, rows);
    ReferenceNotes.of(rows)
        .lines()
        .forEach(line -> page.append("<p>").append(escaped(line)).append("</p>\n"));
    page.append("<h2>Ratio by case</h2>\n").append(RatioPlot.of(rows));
    curves(rows)
        .forEach(
            (name, row) ->
                page.append("<h2>Latency against load: ")
                    .append(escaped(name))
                    .append("</h2>\n")
                    .append(LatencyPlot.of(row.curves())));
    return page.append(END).toString();
  }

  /** A page up to its introduction; {@link #END} ends it. */
  static StringBuilder begun(String introduction) {
    return new StringBuilder(HEAD).append(introduction);
  }

  /** Text that may hold anything, as a part of the page. */
  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static Map<String, CaseResult> curves(List<CaseResult> rows) {
    Map<String, CaseResult> withCurves = new LinkedHashMap<>();
    rows.stream()
        .filter(row -> !row.curves().isEmpty())
        .forEach(row -> withCurves.put(row.name() + " against " + row.ceilingName(), row));
    return withCurves;
  }

  private static void table(StringBuilder page, List<CaseResult> rows) {
    page.append("<table>\n<tr><th>case</th><th>measured</th><th>against</th>")
        .append("<th class=\"n\">subject</th><th class=\"n\">ceiling</th><th>unit</th>")
        .append("<th class=\"n\">ratio</th><th class=\"n\">from – to</th><th>target</th>")
        .append("<th>reached</th></tr>\n");
    for (CaseResult row : rows) {
      page.append("<tr>");
      cell(page, "", row.name());
      cell(page, "", row.measured());
      cell(page, "", row.ceilingName());
      if (row.figures().isPresent()) {
        CaseResult.Figures figures = row.figures().get();
        cell(page, "n", Figure.of(figures.subject().median()));
        cell(page, "n", Figure.of(figures.ceiling().median()));
        cell(page, "", row.unit());
        cell(page, "n", Figure.of(figures.ratio().median()));
        cell(
            page, "n", Figure.of(figures.ratio().min()) + " – " + Figure.of(figures.ratio().max()));
      } else {
        page.append("<td colspan=\"5\">")
            .append(row.skipped() ? "skipped: " : "failed: ")
            .append(escaped(row.trouble()))
            .append("</td>");
      }
      cell(page, "", row.target().toString());
      String reached = Figure.reached(row);
      cell(page, reached.equals("no") ? "no" : "", reached);
      page.append("</tr>\n");
    }
    page.append("</table>\n");
  }

  static void cell(StringBuilder page, String style, String text) {
    page.append("<td class=\"").append(style).append("\">").append(escaped(text)).append("</td>");
  }
}
