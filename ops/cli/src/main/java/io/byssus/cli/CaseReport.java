package io.byssus.cli;

import io.byssus.bench.Bench;
import io.byssus.bench.BenchConfig;
import io.byssus.bench.engine.CaseResult;
import io.byssus.bench.report.Figure;
import io.byssus.bench.report.HtmlReport;
import io.byssus.bench.report.JsonReport;
import io.byssus.bench.report.ReferenceNotes;
import io.byssus.cli.text.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code byssus bench}: measures cases, and tells them as a table, JSON and a page. */
final class CaseReport {
  private final Streams streams;
  private final Output output;
  private final Path report;

  CaseReport(Streams streams, Output output, Path report) {
    this.streams = streams;
    this.output = output;
    this.report = report;
  }

  /** The exit code. */
  int run(BenchConfig config) throws Exception {
    List<CaseResult> rows = new ArrayList<>();
    // A file that cannot be written is told before a quarter of an hour has gone.
    Files.writeString(report, HtmlReport.of(rows));
    try {
      new Bench(config, this::tell).run(row -> told(row, rows));
    } finally {
      // Also where what was started could not be taken down.
      ReferenceNotes notes = ReferenceNotes.of(rows);
      output.print(
          streams, rows, row -> JsonReport.of(row, notes), table(rows), "nothing was measured");
      if (!output.json()) {
        notes.lines().forEach(streams.out()::println);
      }
      Files.writeString(report, HtmlReport.of(rows));
      tell("the report is in " + report);
    }
    return rows.stream().anyMatch(CaseResult::failed) ? ExitCodes.FAILED : ExitCodes.OK;
  }

  /** What has no figure is told at once: the table comes at the end. */
  private void told(CaseResult row, List<CaseResult> rows) {
    if (row.figures().isEmpty()) {
      tell(
          row.name()
              + " against "
              + row.ceilingName()
              + (row.skipped() ? " skipped: " : " failed: ")
              + row.trouble());
    }
    rows.add(row);
  }

  private void tell(String line) {
    streams.err().println("byssus: " + line);
  }

  private static Table table(List<CaseResult> rows) {
    Table table =
        new Table(
            "CASE",
            "AGAINST",
            ">SUBJECT",
            ">CEILING",
            "UNIT",
            ">RATIO",
            ">MIN",
            ">MAX",
            "TARGET",
            "REACHED");
    for (CaseResult row : rows) {
      String reached = Figure.reached(row);
      if (row.figures().isPresent()) {
        CaseResult.Figures figures = row.figures().get();
        table.row(
            row.name(),
            row.ceilingName(),
            Figure.of(figures.subject().median()),
            Figure.of(figures.ceiling().median()),
            row.unit(),
            Figure.of(figures.ratio().median()),
            Figure.of(figures.ratio().min()),
            Figure.of(figures.ratio().max()),
            row.target(),
            reached);
      } else {
        String status = row.skipped() ? "skipped" : "failed";
        table.row(
            row.name(),
            row.ceilingName(),
            status,
            "",
            row.unit(),
            "",
            "",
            "",
            row.target(),
            reached);
      }
    }
    return table;
  }
}
