package io.byssus.cli;

import io.byssus.client.ReadOptions;
import io.byssus.client.StoredRecord;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

  @Mixin private RecordCall call;
  @Mixin private ReadLevel level;
  @Mixin private Output output;

  @Option(
      names = "--at-version",
      paramLabel = "V",
      converter = VersionText.class,
      description =
          "The newest version that is not above this one, of those that the namespace keeps; see "
              + "'byssus kv versions'.")
  private Long atVersion;

  KvGetCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    Optional<StoredRecord> record =
        call.read((namespace, reads) -> namespace.get(call.key(), atVersion(level.applied(reads))));
    if (output.json()) {
      Output.print(
          streams, record.map(RecordJson::record).orElseGet(() -> RecordJson.absent(call.key())));
    } else if (record.isPresent()) {
      printValue(record.get());
    } else {
      streams
          .err()
          .println("byssus: no record " + KeyText.show(call.key()) + " in " + call.namespace());
    }
    return record.isPresent() ? ExitCodes.OK : ExitCodes.NOT_FOUND;
  }

  private ReadOptions atVersion(ReadOptions reads) {
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
