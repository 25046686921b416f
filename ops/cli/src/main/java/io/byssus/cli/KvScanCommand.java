package io.byssus.cli;

import com.google.protobuf.ByteString;
import io.byssus.cli.text.DisplayWidth;
import io.byssus.cli.text.Table;
import io.byssus.client.ByssusClient;
import io.byssus.client.PageToken;
import io.byssus.client.Scan;
import io.byssus.client.ScanCursor;
import io.byssus.client.Session;
import io.byssus.client.StoredRecord;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code byssus kv scan}: reads the records of a partition key in order. */
@Command(
    name = "scan",
    description = {
      "Reads the records of one partition key, in the byte order of their sort keys.",
      "With --json: one object per line and record, and where more records follow a last line",
      "{\"next_page_token\": \"…\"}. A scan is not a snapshot: records written while it runs may"
          + " or",
      "may not appear."
    },
    footer = {
      "",
      "Examples:",
      "  byssus kv scan places NL --prefix Amst",
      "  byssus kv scan places JP --from Kyo --to Kz --limit 20",
      "  byssus kv scan readings sensor-7 --reverse --limit 1",
      "  byssus kv scan places US --json --limit 0 | jq -r .value"
    })
final class KvScanCommand implements Callable<Integer> {
  private static final int VALUE_COLUMNS = 80;

  private final Streams streams;

  @Spec private CommandSpec spec;
  @Mixin private Connection connection;
  @Mixin private SessionFile sessionFile;
  @Mixin private ReadLevel level;
  @Mixin private Output output;

  @Option(
      names = "--prefix",
      paramLabel = "BYTES",
      converter = BytesText.class,
      description = "Only sort keys that start so.")
  private ByteString prefix;

  @Option(
      names = "--from",
      paramLabel = "BYTES",
      converter = BytesText.class,
      description = "The first sort key, included.")
  private ByteString from;

  @Option(
      names = "--to",
      paramLabel = "BYTES",
      converter = BytesText.class,
      description = "The end of the sort keys, excluded.")
  private ByteString to;

  @Option(names = "--reverse", description = "From the last sort key to the first.")
  private boolean reverse;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "At most so many records; 0: all. Default: ${DEFAULT-VALUE}")
  private long limit;

  @Option(
      names = "--page-token",
      paramLabel = "TOKEN",
      converter = PageTokenText.class,
      description = "Go on where an earlier scan of the same records stopped.")
  private PageToken pageToken;

  @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace.")
  private String namespace;

  @Parameters(
      index = "1",
      paramLabel = "PARTITION",
      converter = BytesText.class,
      description = "The partition key; see 'byssus kv --help'.")
  private ByteString partition;

  KvScanCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    Scan scan = scan();
    Session session = sessionFile.load();
    try (ByssusClient client = connection.open();
        ScanCursor cursor =
            client.namespace(namespace).scan(scan, level.applied(sessionFile.reads(session)))) {
      if (output.json()) {
        printJson(cursor);
      } else {
        printTable(cursor);
      }
      sessionFile.save(session);
    }
    return ExitCodes.OK;
  }

  private Scan scan() {
    if (prefix != null && (from != null || to != null)) {
      throw new ParameterException(
          spec.commandLine(), "--prefix goes neither with --from nor with --to");
    }
    if (limit < 0) {
      throw new ParameterException(spec.commandLine(), "--limit must be 0 or more, is " + limit);
    }
    Scan scan = Scan.of(partition.toByteArray()).limit(limit);
    if (prefix != null) {
      scan = scan.prefix(prefix.toByteArray());
    } else if (from != null || to != null) {
      scan = scan.range(orEmpty(from), orEmpty(to));
    }
    if (reverse) {
      scan = scan.reverse();
    }
    return pageToken == null ? scan : scan.after(pageToken);
  }

  private static byte[] orEmpty(ByteString bytes) {
    return bytes == null ? new byte[0] : bytes.toByteArray();
  }

  private void printJson(ScanCursor cursor) {
    while (cursor.hasNext()) {
      Output.print(streams, RecordJson.record(cursor.next()));
    }
    cursor.nextPage().ifPresent(token -> Output.print(streams, RecordJson.nextPage(token)));
  }

  private void printTable(ScanCursor cursor) {
    Table table = new Table("SORT KEY", "VALUE");
    long count = 0;
    while (cursor.hasNext()) {
      StoredRecord record = cursor.next();
      String value = BytesText.show(record.value());
      table.row(BytesText.show(record.key().sortKey()), DisplayWidth.cut(value, VALUE_COLUMNS));
      count++;
    }
    Optional<PageToken> next = cursor.nextPage();
    if (count > 0) {
      table.lines().forEach(streams.out()::println);
    }
    String records = count == 1 ? " record" : " records";
    streams
        .err()
        .println(
            count + records + next.map(token -> "; go on with --page-token " + token).orElse(""));
  }
}
