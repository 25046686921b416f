package io.byssus.bench.report;

import io.byssus.bench.engine.Spread;
import io.byssus.bench.growth.GrowthLine;
import io.byssus.bench.growth.GrowthLine.Mark;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Lines of one unit against what grows, on logarithmic scales: medians joined, and at each point
 * from the smallest to the largest.
 */
final class GrowthPlot {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 300;
  private static final int LEFT = 100;
  private static final int RIGHT = 40;
  private static final int BOTTOM = 50;
  private static final int TOP = 60;
  private static final int LEGEND_ROW = 16;
  private static final List<String> COLOURS = List.of("#3b7dd8", "#2a9d6f", "#c2506b");

  private final List<GrowthLine> lines;
  private final double leastX;
  private final double decadesX;
  private final int lowestDecade;
  private final int decades;
  private final StringBuilder svg = new StringBuilder();

  private GrowthPlot(List<GrowthLine> lines) {
    this.lines = lines;
    List<Mark> marks = lines.stream().flatMap(line -> line.marks().stream()).toList();
    this.leastX = Math.log10(marks.stream().mapToLong(Mark::x).min().orElse(1));
    double mostX = Math.log10(marks.stream().mapToLong(Mark::x).max().orElse(1));
    this.decadesX = Math.max(1, mostX - leastX);
    List<Spread> figures = marks.stream().flatMap(mark -> mark.figures().stream()).toList();
    double least = figures.stream().mapToDouble(Spread::min).min().orElse(1);
    double most = figures.stream().mapToDouble(Spread::max).max().orElse(1);
    this.lowestDecade = (int) Math.floor(Math.log10(least));
    this.decades = Math.max(1, (int) Math.ceil(Math.log10(most)) - lowestDecade);
  }

  /**
   * The plot.
   *
   * @param what the lines tell of
   * @param lines of one curve: 1 or more
   */
  static String of(String what, List<GrowthLine> lines) {
    GrowthPlot plot = new GrowthPlot(lines);
    plot.line("<svg width=\"%d\" height=\"%d\">", WIDTH, HEIGHT);
    plot.axes(what);
    for (int i = 0; i < lines.size(); i++) {
      plot.draw(lines.get(i), i);
    }
    return plot.svg.append("</svg>\n").toString();
  }

  private void axes(String what) {
    for (int decade = lowestDecade; decade <= lowestDecade + decades; decade++) {
      double figure = Math.pow(10, decade);
      line(
          "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#ddd\"/>",
          LEFT, y(figure), WIDTH - RIGHT, y(figure));
      line("<text x=\"0\" y=\"%.1f\">%s</text>", y(figure) + 4, Figure.of(figure));
    }
    for (Mark mark : lines.get(0).marks()) {
      line(
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%,d</text>",
          x(mark.x()), HEIGHT - BOTTOM + 18, mark.x());
    }
    line(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>",
        (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, HtmlReport.escaped(lines.get(0).curve().axis()));
    line("<text x=\"0\" y=\"12\">%s</text>", HtmlReport.escaped(what));
  }

  private void draw(GrowthLine growth, int number) {
    String colour = COLOURS.get(number % COLOURS.size());
    List<Mark> measured =
        growth.marks().stream().filter(mark -> mark.figures().isPresent()).toList();
    String points =
        measured.stream()
            .map(
                mark ->
                    String.format(
                        Locale.ROOT, "%.1f,%.1f", x(mark.x()), y(mark.figures().get().median())))
            .collect(Collectors.joining(" "));
    line("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\"/>", points, colour);
    for (Mark mark : measured) {
      Spread figures = mark.figures().get();
      line(
          "<line x1=\"%1$.1f\" y1=\"%2$.1f\" x2=\"%1$.1f\" y2=\"%3$.1f\" stroke=\"%4$s\"/>",
          x(mark.x()), y(figures.min()), y(figures.max()), colour);
      line(
          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>",
          x(mark.x()), y(figures.median()), colour);
    }
    line(
        "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s, %s</text>",
        LEFT,
        12 + LEGEND_ROW * number,
        colour,
        growth.figure().workload().label(),
        growth.figure().unit());
  }

  private double x(long x) {
    return LEFT + (WIDTH - LEFT - RIGHT) * (Math.log10(x) - leastX) / decadesX;
  }

  private double y(double figure) {
    double part = (Math.log10(figure) - lowestDecade) / decades;
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * part;
  }

  private void line(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
