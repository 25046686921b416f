package io.byssus.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.byssus.cli.text.Table;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** In which form a command answers. */
final class Output {
  @Option(names = "--json", description = "Answer in JSON, for programs.")
  private boolean json;

  /** Whether programs are to read the answer. */
  boolean json() {
    return json;
  }

  /** Prints a JSON value on one line. */
  static void print(Streams streams, JsonNode value) {
    streams.out().println(value);
  }

  /** Prints rows as a JSON array on one line, or as a table. */
  <T> void print(
      Streams streams, List<T> rows, Function<T, ObjectNode> toJson, Table table, String ifEmpty) {
    if (json) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      rows.forEach(row -> array.add(toJson.apply(row)));
      print(streams, array);
    } else if (rows.isEmpty()) {
      streams.err().println(ifEmpty);
    } else {
      table.lines().forEach(streams.out()::println);
    }
  }
}
