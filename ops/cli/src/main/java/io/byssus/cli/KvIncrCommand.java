package io.byssus.cli;

import io.byssus.client.ByssusClient;
import io.byssus.client.IncrementResult;
import io.byssus.client.Key;
import io.byssus.client.Session;
import io.byssus.client.WriteOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code byssus kv incr}: adds to a number. */
@Command(
    name = "incr",
    description = {
      "Adds to the number that a record's value is, and prints the sum. An absent record counts as",
      "0. The number has 64 bits and a sign. Not under the conflict rule VERSION.",
      "Exit code 7 where the value is no number, the sum is out of range or a condition does not",
      "hold."
    },
    footer = {
      "",
      "Examples:",
      "  byssus kv incr counters visits",
      "  byssus kv incr counters 'stock/chair' --by -2 --if-present"
    })
final class KvIncrCommand implements Callable<Integer> {
  private final Streams streams;

  @Mixin private Connection connection;
  @Mixin private SessionFile sessionFile;
  @Mixin private ConditionOptions condition;
  @Mixin private LifetimeOptions lifetime;
  @Mixin private Output output;

  @Option(
      names = "--by",
      paramLabel = "N",
      defaultValue = "1",
      description = "What is added; may be negative. Default: ${DEFAULT-VALUE}")
  private long delta;

  @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace.")
  private String namespace;

  @Parameters(
      index = "1",
      paramLabel = "KEY",
      converter = KeyText.class,
      description = "PARTITION or PARTITION/SORT; see 'byssus kv --help'.")
  private Key key;

  KvIncrCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    Session session = sessionFile.load();
    try (ByssusClient client = connection.open()) {
      WriteOptions writes = sessionFile.writes(session);
      IncrementResult result =
          client
              .namespace(namespace)
              .increment(
                  key,
                  delta,
                  writes.withOperation(lifetime.applied(condition.applied(writes.operation()))));
      sessionFile.save(session);
      if (output.json()) {
        Output.print(streams, RecordJson.incremented(key, result));
      } else {
        result.sum().ifPresent(streams.out()::println);
      }
      return WriteAnswer.exitCode(streams, output, key, result.write());
    }
  }
}
