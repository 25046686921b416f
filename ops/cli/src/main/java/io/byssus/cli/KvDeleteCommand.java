package io.byssus.cli;

import io.byssus.client.ByssusClient;
import io.byssus.client.Key;
import io.byssus.client.Session;
import io.byssus.client.WriteOptions;
import io.byssus.client.WriteResult;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

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

  @Mixin private Connection connection;
  @Mixin private SessionFile sessionFile;
  @Mixin private ConditionOptions condition;
  @Mixin private Output output;

  @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace.")
  private String namespace;

  @Parameters(
      index = "1",
      paramLabel = "KEY",
      converter = KeyText.class,
      description = "PARTITION or PARTITION/SORT; see 'byssus kv --help'.")
  private Key key;

  KvDeleteCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    Session session = sessionFile.load();
    try (ByssusClient client = connection.open()) {
      WriteOptions writes = sessionFile.writes(session);
      WriteResult result =
          client
              .namespace(namespace)
              .delete(key, writes.withOperation(condition.applied(writes.operation())));
      sessionFile.save(session);
      return WriteAnswer.print(streams, output, key, result);
    }
  }
}
