package io.byssus.cli;

import io.byssus.client.IncrementResult;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

  @Mixin private RecordCall call;
  @Mixin private ConditionOptions condition;
  @Mixin private LifetimeOptions lifetime;
  @Mixin private Output output;

  @Option(
      names = "--by",
      paramLabel = "N",
      defaultValue = "1",
      description = "What is added; may be negative. Default: ${DEFAULT-VALUE}")
  private long delta;

  KvIncrCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    IncrementResult result =
        call.write(
            (namespace, writes) ->
                namespace.increment(
                    call.key(),
                    delta,
                    writes.withOperation(lifetime.applied(condition.applied(writes.operation())))));
    if (output.json()) {
      Output.print(streams, RecordJson.incremented(call.key(), result));
    } else {
      result.sum().ifPresent(streams.out()::println);
    }
    return WriteAnswer.exitCode(streams, output, call.key(), result.write());
  }
}
