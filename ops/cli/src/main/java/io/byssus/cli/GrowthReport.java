package io.byssus.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.byssus.bench.GrowthBench;
import io.byssus.bench.GrowthConfig;
import io.byssus.bench.growth.GrowthLine;
import io.byssus.bench.growth.GrowthLine.Mark;
import io.byssus.bench.report.Figure;
import io.byssus.bench.report.GrowthJson;
import io.byssus.bench.report.GrowthPage;
import io.byssus.bench.report.GrowthVerdict;
import io.byssus.cli.text.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** {@code byssus bench --growth}: measures curves, and tells them as a table, JSON and a page. */
final class GrowthReport {
  private final Streams streams;
  private final Output output;
  private final Path report;

  GrowthReport(Streams streams, Output output, Path report) {
    this.streams = streams;
    this.output = output;
    this.report = report;
  }

  /** The exit code. */
  int run(GrowthConfig config) throws Exception {
    List<GrowthLine> lines = new ArrayList<>();
    // A file that cannot be written is told before half an hour has gone.
    Files.writeString(report, GrowthPage.of(lines));
    try {
      new GrowthBench(config, this::tell)
          .run(
              curve -> {
                tell(GrowthVerdict.of(curve));
                lines.addAll(curve);
              });
    } finally {
      // Also where what was started could not be taken down.
      List<ObjectNode> rows = lines.stream().flatMap(line -> GrowthJson.of(line).stream()).toList();
      output.print(streams, rows, Function.identity(), table(lines), "nothing was measured");
      Files.writeString(report, GrowthPage.of(lines));
      tell("the report is in " + report);
    }
    boolean failed =
        lines.stream()
            .flatMap(line -> line.marks().stream())
            .anyMatch(mark -> mark.figures().isEmpty());
    return failed ? ExitCodes.FAILED : ExitCodes.OK;
  }

  private void tell(String line) {
    streams.err().println("byssus: " + line);
  }

  private static Table table(List<GrowthLine> lines) {
    Table table =
        new Table(
            "CURVE", "FIGURE", ">X", ">MEDIAN", ">MIN", ">MAX", "UNIT", ">RISE", "GROWTH", "MAY BE",
            "REACHED");
    for (GrowthLine line : lines) {
      for (Mark mark : line.marks()) {
        table.row(
            line.curve().label(),
            line.figure().name(),
            Figure.of(mark.x()),
            mark.figures().map(figures -> Figure.of(figures.median())).orElse("failed"),
            mark.figures().map(figures -> Figure.of(figures.min())).orElse(""),
            mark.figures().map(figures -> Figure.of(figures.max())).orElse(""),
            line.figure().unit(),
            Figure.rise(line, mark),
            line.growth(mark),
            line.bound(),
            line.reached() ? "yes" : "no");
      }
    }
    return table;
  }
}
