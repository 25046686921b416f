package io.byssus.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.byssus.cli.text.DisplayWidth;
import io.byssus.cli.text.Table;
import io.byssus.client.ByssusClient;
import io.byssus.client.ByssusClientException;
import io.byssus.client.Key;
import io.byssus.client.MultiGetResult.KeyResult;
import io.byssus.client.Namespace;
import io.byssus.client.Session;
import io.byssus.client.StoredRecord;
import io.byssus.model.Limits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code byssus kv mget}: reads several records. */
@Command(
    name = "mget",
    description = {
      "Reads several records, of any partition keys. With --json: one object per line and key.",
      "Exit code 3 where a record is not there; the others are printed."
    },
    footer = {
      "",
      "Examples:",
      "  byssus kv mget places 'NL/Amsterdam\\00002759794' 'JP/Tokyo\\00001850147'",
      "  byssus kv mget places --stdin < keys.txt"
    })
final class KvMgetCommand implements Callable<Integer> {
  private static final int VALUE_COLUMNS = 80;

  private final Streams streams;

  @Spec private CommandSpec spec;
  @Mixin private Connection connection;
  @Mixin private SessionFile sessionFile;
  @Mixin private ReadLevel level;
  @Mixin private Output output;

  @Option(names = "--stdin", description = "Read keys from standard input too, one per line.")
  private boolean stdin;

  @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace.")
  private String namespace;

  @Parameters(
      index = "1..*",
      paramLabel = "KEY",
      arity = "0..*",
      converter = KeyText.class,
      description = "PARTITION or PARTITION/SORT; see 'byssus kv --help'.")
  private List<Key> keys = new ArrayList<>();

  KvMgetCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    List<Key> all = new ArrayList<>(keys);
    if (stdin) {
      readKeys(all);
    }
    if (all.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "no KEY is given");
    }
    Session session = sessionFile.load();
    List<KeyResult> results = new ArrayList<>();
    try (ByssusClient client = connection.open()) {
      Namespace records = client.namespace(namespace);
      for (int from = 0; from < all.size(); from += Limits.MAX_MULTI_GET_KEYS) {
        int to = Math.min(from + Limits.MAX_MULTI_GET_KEYS, all.size());
        results.addAll(
            records
                .multiGet(all.subList(from, to), level.applied(sessionFile.reads(session)))
                .results());
      }
      sessionFile.save(session);
    }
    print(results);
    return exitCode(results);
  }

  private void readKeys(List<Key> all) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(streams.in(), StandardCharsets.UTF_8));
    int number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      try {
        all.add(KeyText.parse(line));
      } catch (IllegalArgumentException e) {
        throw new ParameterException(
            spec.commandLine(), "line " + number + " of standard input: " + e.getMessage());
      }
    }
  }

  private void print(List<KeyResult> results) {
    if (output.json()) {
      results.forEach(result -> Output.print(streams, json(result)));
      return;
    }
    Table table = new Table("KEY", "VALUE");
    for (KeyResult result : results) {
      String value =
          result
              .failure()
              .map(failure -> "(" + failure.getMessage() + ")")
              .orElseGet(() -> result.record().map(KvMgetCommand::shown).orElse("(absent)"));
      table.row(KeyText.show(result.key()), DisplayWidth.cut(value, VALUE_COLUMNS));
    }
    table.lines().forEach(streams.out()::println);
  }

  private static String shown(StoredRecord record) {
    return BytesText.show(record.value());
  }

  private static ObjectNode json(KeyResult result) {
    Optional<ByssusClientException> failure = result.failure();
    if (failure.isPresent()) {
      ObjectNode object = RecordJson.key(result.key());
      object.set("error", Failures.json(failure.get().code().name(), failure.get().getMessage()));
      return object;
    }
    return result.record().map(RecordJson::record).orElseGet(() -> RecordJson.absent(result.key()));
  }

  /** A key that could not be read outweighs one that is absent. */
  private static int exitCode(List<KeyResult> results) {
    int code = ExitCodes.OK;
    for (KeyResult result : results) {
      if (result.failure().isPresent()) {
        return ExitCodes.of(result.failure().get().code());
      }
      code = result.record().isEmpty() ? ExitCodes.NOT_FOUND : code;
    }
    return code;
  }
}
