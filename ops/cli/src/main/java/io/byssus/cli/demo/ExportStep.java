package io.byssus.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.byssus.cli.export.ExportFormat;
import io.byssus.cli.export.NamespaceExport;
import io.byssus.cli.export.UnfinishedFile;
import io.byssus.client.Consistency;
import io.byssus.client.Key;
import io.byssus.client.Namespace;
import io.byssus.client.ReadOptions;
import io.byssus.client.ScanAll;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Exports everything to a file, and compares the file with the one that was loaded. */
final class ExportStep {
  private static final JsonMapper JSON = new JsonMapper();
  private static final ReadOptions OWN_WRITES =
      ReadOptions.defaults().withConsistency(Consistency.SESSION);

  private final DemoScreen screen;
  private final Summary summary;

  ExportStep(DemoScreen screen, Summary summary) {
    this.screen = screen;
    this.summary = summary;
  }

  /**
   * Exports and compares.
   *
   * @param file is made, and stays
   */
  void run(List<Row> rows, Namespace namespace, Path file) throws IOException {
    long begin = System.nanoTime();
    long exported;
    try (UnfinishedFile unfinished = new UnfinishedFile(file)) {
      exported =
          NamespaceExport.run(
              namespace,
              ScanAll.defaults(),
              OWN_WRITES,
              ExportFormat.JSONL.on(unfinished.stream()),
              progress ->
                  screen.progress(
                      Math.min(progress.records(), rows.size()),
                      rows.size(),
                      System.nanoTime() - begin));
      unfinished.finish();
    }
    long nanos = System.nanoTime() - begin;
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      compare(rows, lines).mustBeNone("an export holds every row of the file once, and no more");
    }
    summary.measured("records exported, shards in parallel", exported, nanos, new Latencies());
    summary.checked("records of the export that equal their row", exported);
    screen.line(
        String.format(
            "%,d records in %,d KiB, %s: the same as were loaded",
            exported, Files.size(file) >> 10, DemoScreen.rate(exported, nanos)));
  }

  /** What differs between rows and the lines of an export, which stand in no order. */
  static Differences compare(List<Row> rows, BufferedReader lines) throws IOException {
    Map<Key, Row> missing = new HashMap<>();
    rows.forEach(row -> missing.put(row.key(), row));
    Differences differences = new Differences();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Row read = row(JSON.readTree(line));
      Row expected = missing.remove(read.key());
      if (expected == null) {
        differences.add(read + " stands in the export twice, or in no row");
      } else if (!expected.hasValueOf(read)) {
        differences.add(read + " is " + read.valueUtf8() + ", not " + expected.valueUtf8());
      }
    }
    missing.keySet().forEach(key -> differences.add(key + " is missing"));
    return differences;
  }

  private static Row row(JsonNode line) {
    return new Row(
        Key.of(line.path("partition_key").asText(), line.path("sort_key").asText()),
        line.path("value").asText().getBytes(StandardCharsets.UTF_8));
  }
}
