package io.byssus.cli;

import io.byssus.client.ByssusClient;
import io.byssus.client.Key;
import io.byssus.client.ReadOptions;
import io.byssus.client.Session;
import io.byssus.client.StoredRecord;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code byssus kv get}: reads a record. */
@Command(
    name = "get",
    description = {
      "Reads a record, and prints its value: the bytes as they are, and a line end on a terminal.",
      "Exit code 3 where there is no such record."
    },
    footer = {
      "",
      "Examples:",
      "  byssus kv get places 'NL/Amsterdam\\00002759794'",
      "  byssus kv get accounts ada --consistency linearizable",
      "  byssus kv get pictures cat > cat.png",
      "  byssus kv get places NL/… --json | jq -r .version"
    })
final class KvGetCommand implements Callable<Integer> {
  private final Streams streams;

  @Mixin private Connection connection;
  @Mixin private SessionFile sessionFile;
  @Mixin private ReadLevel level;
  @Mixin private Output output;

  @Option(
      names = "--at-version",
      paramLabel = "V",
      converter = VersionText.class,
      description = {
        "The newest version that is not above this one, of those that the namespace keeps; see",
        "'byssus kv versions'."
      })
  private Long atVersion;

  @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace.")
  private String namespace;

  @Parameters(
      index = "1",
      paramLabel = "KEY",
      converter = KeyText.class,
      description = "PARTITION or PARTITION/SORT; see 'byssus kv --help'.")
  private Key key;

  KvGetCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    Session session = sessionFile.load();
    try (ByssusClient client = connection.open()) {
      Optional<StoredRecord> record = client.namespace(namespace).get(key, reads(session));
      sessionFile.save(session);
      if (output.json()) {
        Output.print(
            streams, record.map(RecordJson::record).orElseGet(() -> RecordJson.absent(key)));
      } else if (record.isPresent()) {
        printValue(record.get());
      } else {
        streams.err().println("byssus: no record " + KeyText.show(key) + " in " + namespace);
      }
      return record.isPresent() ? ExitCodes.OK : ExitCodes.NOT_FOUND;
    }
  }

  private ReadOptions reads(Session session) {
    ReadOptions reads = level.applied(sessionFile.reads(session));
    return atVersion == null ? reads : reads.withAtVersion(atVersion);
  }

  private void printValue(StoredRecord record) throws IOException {
    streams.out().write(record.value());
    if (streams.terminal()) {
      streams.out().println();
    }
    streams.out().flush();
  }
}
