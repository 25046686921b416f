package io.byssus.cli;

import io.byssus.client.WriteResult;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code byssus kv delete}: removes a record. */
@Command(
    name = "delete",
    description = {
      "Removes a record. To remove one that is not there is no error.",
      "Exit code 7 where a condition does not hold: then nothing was removed."
    },
    footer = {
      "",
      "Examples:",
      "  byssus kv delete places 'NL/Amsterdam\\00002759794'",
      "  byssus kv delete locks printer --if-value mine"
    })
final class KvDeleteCommand implements Callable<Integer> {
  private final Streams streams;

  @Mixin private RecordCall call;
  @Mixin private ConditionOptions condition;
  @Mixin private Output output;

  KvDeleteCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    WriteResult result =
        call.write(
            (namespace, writes) ->
                namespace.delete(
                    call.key(), writes.withOperation(condition.applied(writes.operation()))));
    return WriteAnswer.print(streams, output, call.key(), result);
  }
}
