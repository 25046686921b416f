package io.byssus.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Runs whole commands in this JVM, and holds what the last one wrote. */
final class CommandRun {
  private static final JsonMapper JSON = new JsonMapper();

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private byte[] in = new byte[0];

  /** What the next commands find on their standard input. */
  void input(byte[] bytes) {
    in = bytes;
  }

  /** Runs a command, and tells its exit code. */
  int execute(List<String> words) {
    out.reset();
    err.reset();
    Streams streams =
        new Streams(
            new ByteArrayInputStream(in),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    return ByssusCommand.on(streams).execute(words.toArray(String[]::new));
  }

  /** Runs a command against a dispatcher, and checks its exit code. */
  void expect(int exit, String endpoint, String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--endpoint", endpoint));
    assertEquals(exit, execute(all), this::errors);
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  String text() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String errors() {
    return err.toString(StandardCharsets.UTF_8);
  }

  JsonNode json() throws IOException {
    return JSON.readTree(bytes());
  }

  JsonNode jsonError() throws IOException {
    return JSON.readTree(err.toByteArray());
  }

  List<JsonNode> jsonLines() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : text().lines().toList()) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }
}
