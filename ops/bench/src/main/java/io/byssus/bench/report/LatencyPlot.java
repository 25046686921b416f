package io.byssus.bench.report;

import io.byssus.bench.engine.LatencyCurve;
import io.byssus.bench.engine.LatencyCurve.Point;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Latencies against load: the median dashed, the 99th percentile solid, on a logarithmic scale. */
final class LatencyPlot {
  private static final int WIDTH = 700;
  private static final int HEIGHT = 320;
  private static final int LEFT = 80;
  private static final int BOTTOM = 40;
  private static final int TOP = 20;
  private static final int MOST_DECADES = 9;
  private static final int LOADS = 5;
  private static final List<String> COLOURS = List.of("#3b7dd8", "#c2506b");

  private final double highestLoad;
  private final int lowestDecade;
  private final int decades;
  private final StringBuilder svg = new StringBuilder();

  private LatencyPlot(List<LatencyCurve> curves) {
    List<Point> points = curves.stream().flatMap(curve -> curve.points().stream()).toList();
    this.highestLoad = points.stream().mapToDouble(Point::perSecond).max().orElse(1);
    double least = points.stream().mapToDouble(Point::p50Micros).min().orElse(1);
    double most = points.stream().mapToDouble(Point::p99Micros).max().orElse(1);
    this.lowestDecade = (int) Math.floor(Math.log10(Math.max(1, least)));
    int highestDecade = (int) Math.ceil(Math.log10(Math.max(1, most)));
    this.decades = Math.min(MOST_DECADES, Math.max(1, highestDecade - lowestDecade));
  }

  static String of(List<LatencyCurve> curves) {
    LatencyPlot plot = new LatencyPlot(curves);
    plot.line("<svg width=\"%d\" height=\"%d\">", WIDTH, HEIGHT);
    plot.axes();
    for (int i = 0; i < curves.size(); i++) {
      plot.curve(curves.get(i), i);
    }
    return plot.svg.append("</svg>\n").toString();
  }

  private void axes() {
    for (int decade = lowestDecade; decade <= lowestDecade + decades; decade++) {
      double micros = Math.pow(10, decade);
      line(
          "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#ddd\"/>",
          LEFT, y(micros), WIDTH, y(micros));
      line("<text x=\"0\" y=\"%.1f\">%s µs</text>", y(micros) + 4, Figure.of(micros));
    }
    for (int i = 0; i <= LOADS; i++) {
      double load = highestLoad * i / LOADS;
      line(
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s/s</text>",
          x(load), HEIGHT - BOTTOM + 18, i == LOADS ? "end" : "middle", Figure.of(load));
    }
  }

  private void curve(LatencyCurve curve, int number) {
    String colour = COLOURS.get(number % COLOURS.size());
    polyline(curve, Point::p50Micros, colour, "stroke-dasharray=\"4\"");
    polyline(curve, Point::p99Micros, colour, "");
    line(
        "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s: p99 solid, p50 dashed</text>",
        LEFT + 10, TOP + 4 + 16 * number, colour, HtmlReport.escaped(curve.contender()));
  }

  private void polyline(
      LatencyCurve curve, ToDoubleFunction<Point> latency, String colour, String style) {
    String points =
        curve.points().stream()
            .map(
                point ->
                    String.format(
                        Locale.ROOT,
                        "%.1f,%.1f",
                        x(point.perSecond()),
                        y(latency.applyAsDouble(point))))
            .collect(Collectors.joining(" "));
    line("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" %s/>", points, colour, style);
  }

  private double x(double load) {
    return LEFT + (WIDTH - LEFT) * load / highestLoad;
  }

  private double y(double micros) {
    double part = (Math.log10(Math.max(1, micros)) - lowestDecade) / decades;
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * part;
  }

  private void line(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
