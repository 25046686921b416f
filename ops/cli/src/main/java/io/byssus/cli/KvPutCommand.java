package io.byssus.cli;

import io.byssus.client.Acknowledgement;
import io.byssus.client.WriteResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code byssus kv put}: sets the value of a record. */
@Command(
    name = "put",
    description = {
      "Sets the value of a record.",
      "Exit code 7 where a condition does not hold: then nothing was written. A write under a",
      "condition returns when it is applied, and so tells the record's version."
    },
    footer = {
      "",
      "Examples:",
      "  byssus kv put places 'NL/Amsterdam\\00002759794' '{\"population\": 741636}'",
      "  byssus kv put places 'NL/Amsterdam\\00002759794' '{}' --if-version 281474976710658",
      "  byssus kv put sessions ada '{}' --if-absent --ttl 30m",
      "  byssus kv put pictures cat --file cat.png",
      "  pg_dump shop | gzip | byssus kv put backups shop --file -",
      "",
      "The answer tells where the log holds the write: shard, and incarnation/offset."
    })
final class KvPutCommand implements Callable<Integer> {
  private final Streams streams;

  @Spec private CommandSpec spec;
  @Mixin private RecordCall call;
  @Mixin private ConditionOptions condition;
  @Mixin private LifetimeOptions lifetime;
  @Mixin private Output output;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "Take the value from a file, - for standard input: any bytes, up to 1 MiB.")
  private String file;

  @Option(
      names = "--applied",
      description = "Return when a replica shows the write, not already when the log has it.")
  private boolean applied;

  @Parameters(
      index = "2",
      paramLabel = "VALUE",
      arity = "0..1",
      description = "The value, in UTF-8.")
  private String value;

  KvPutCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    if ((value == null) == (file == null)) {
      throw new ParameterException(
          spec.commandLine(), "give either a VALUE or --file, and not both");
    }
    byte[] bytes = value == null ? read() : value.getBytes(StandardCharsets.UTF_8);
    WriteResult result =
        call.write(
            (namespace, writes) ->
                namespace.put(
                    call.key(),
                    bytes,
                    writes
                        .withAcknowledgement(
                            applied ? Acknowledgement.APPLIED : Acknowledgement.LOGGED)
                        .withOperation(lifetime.applied(condition.applied(writes.operation())))));
    return WriteAnswer.print(streams, output, call.key(), result);
  }

  private byte[] read() throws IOException {
    if (!file.equals("-")) {
      return Files.readAllBytes(Path.of(file));
    }
    InputStream in = streams.in();
    return in.readAllBytes();
  }
}
