package io.byssus.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.byssus.client.ScanAllProgress;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.NamespaceRecord;
import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.proto.kv.v1.Record;
import io.byssus.proto.kv.v1.ScanShardResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code byssus export}, against a stand-in with two shards. */
class ExportCommandTest {
  private static final ByteString BINARY = ByteString.copyFrom(new byte[] {(byte) 0xFF, 0});

  @TempDir Path folder;
  private final CommandRun command = new CommandRun();
  private ScriptedDispatcher dispatcher;

  @BeforeEach
  void start() throws IOException {
    dispatcher = new ScriptedDispatcher();
    dispatcher.shardCount = 2;
    dispatcher.shards.put(
        0, List.of(piece(0, text("a,b"), text("x\"y\nz"), text("v\r\n")), end(0)));
    dispatcher.shards.put(1, List.of(piece(1, text("b"), BINARY, BINARY), end(1)));
  }

  @AfterEach
  void stop() {
    dispatcher.close();
  }

  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static ScanShardResponse piece(
      int shard, ByteString partition, ByteString sort, ByteString value) {
    return ScanShardResponse.newBuilder()
        .setContext(ReadContext.newBuilder().setShard(shard))
        .addRecords(
            NamespaceRecord.newBuilder()
                .setKey(Key.newBuilder().setPartitionKey(partition).setSortKey(sort))
                .setRecord(
                    Record.newBuilder()
                        .setValue(value)
                        .setVersion(-1)
                        .setExpiresMs(shard * 1_700_000_000_000L)))
        .setNextPageToken(text("more"))
        .build();
  }

  private static ScanShardResponse end(int shard) {
    return ScanShardResponse.newBuilder()
        .setContext(ReadContext.newBuilder().setShard(shard))
        .build();
  }

  private void run(int exit, String... options) {
    command.expect(
        exit,
        dispatcher.address(),
        Stream.concat(
                Stream.of("export", "--namespace", "t", "--timeout", "700ms"), Stream.of(options))
            .toArray(String[]::new));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void jsonLinesHoldEveryRecordAsTextOrBase64() throws IOException {
    run(0);
    List<JsonNode> lines =
        command.jsonLines().stream()
            .sorted(Comparator.comparing(line -> line.path("partition_key").asText()))
            .toList();
    assertEquals(2, lines.size());
    assertEquals("a,b", lines.get(0).get("partition_key").asText());
    assertEquals("x\"y\nz", lines.get(0).get("sort_key").asText());
    assertEquals("v\r\n", lines.get(0).get("value").asText());
    assertEquals("18446744073709551615", lines.get(0).get("version").asText());
    assertTrue(lines.get(0).path("expires").isMissingNode());
    assertEquals("/wA=", lines.get(1).get("sort_key_base64").asText());
    assertEquals("/wA=", lines.get(1).get("value_base64").asText());
    assertEquals("2023-11-14T22:13:20Z", lines.get(1).get("expires").asText());
    assertTrue(command.errors().startsWith("2 records written in "), command.errors());
  }

  @Test
  void commaSeparatedValuesSayWhatIsBase64() throws IOException {
    Path file = folder.resolve("t.csv");
    run(0, "--format", "csv", "--out", file.toString());
    assertEquals(List.of("t.csv"), files());
    List<CSVRecord> rows =
        CSVFormat.RFC4180
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .get()
            .parse(new StringReader(Files.readString(file)))
            .getRecords();
    CSVRecord plain =
        rows.stream().filter(r -> r.get("base64").isEmpty()).findFirst().orElseThrow();
    CSVRecord binary = rows.stream().filter(r -> r != plain).findFirst().orElseThrow();
    assertEquals(2, rows.size());
    assertEquals("a,b", plain.get("partition_key"));
    assertEquals("x\"y\nz", plain.get("sort_key"));
    assertEquals("v\r\n", plain.get("value"));
    assertEquals("", plain.get("expires"));
    assertEquals("sort_key value", binary.get("base64"));
    assertEquals("b", binary.get("partition_key"));
    assertEquals("/wA=", binary.get("value"));
    assertEquals("", command.text());
  }

  @Test
  void anExportThatFailsLeavesWhatWasThereAndNoPart() throws IOException {
    Path file = folder.resolve("t.jsonl");
    Files.writeString(file, "as it was");
    dispatcher.shards.remove(1);
    run(4, "--out", file.toString());
    assertEquals("as it was", Files.readString(file));
    assertEquals(List.of("t.jsonl"), files());
    assertTrue(command.errors().contains("nothing was written to " + file), command.errors());
    run(4);
    assertTrue(command.errors().contains("the output is incomplete"), command.errors());
  }

  @Test
  void aCompleteExportReplacesWhatWasThere() throws IOException {
    Path file = folder.resolve("t.jsonl");
    Files.writeString(file, "as it was");
    run(0, "--out", file.toString());
    assertEquals(2, Files.readAllLines(file).size());
    run(2, "--out", folder.resolve("no/t.jsonl").toString());
    assertTrue(command.errors().contains("there is no file " + folder.resolve("no") + "\n"));
  }

  @Test
  void anOutputThatNobodyReadsEndsTheExport() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    Streams streams =
        new Streams(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(closed, true, StandardCharsets.UTF_8),
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
            false);
    assertEquals(
        1,
        ByssusCommand.on(streams)
            .execute("export", "--namespace", "t", "--endpoint", dispatcher.address()));
  }

  @Test
  void progressIsToldNowAndThen() {
    long[] now = {0};
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    ExportProgress progress = new ExportProgress(new PrintStream(told, true), () -> now[0]);
    for (int second = 1; second <= 5; second++) {
      now[0] = second * 1_000_000_000L;
      progress.accept(new ScanAllProgress(second * 1_500L, second, 16));
    }
    progress.done(9_000, "written");
    assertEquals(
        "3,000 records, 2 of 16 shards, 1,500/s\n"
            + "6,000 records, 4 of 16 shards, 1,500/s\n"
            + "9,000 records written in 5.0 s, 1,800/s\n",
        told.toString(StandardCharsets.UTF_8));
  }
}
