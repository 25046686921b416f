package io.byssus.cli;

import io.byssus.cli.text.DisplayWidth;
import io.byssus.cli.text.Table;
import io.byssus.client.PageToken;
import io.byssus.client.RecordVersion;
import io.byssus.client.VersionPage;
import io.byssus.client.VersionQuery;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code byssus kv versions}: lists the versions of a record. */
@Command(
    name = "versions",
    description = {
      "Lists the versions of a record that can still be read, newest first, deletions included."
          + " How",
      "many are kept is declared with the namespace (--max-versions). With --json: one object per",
      "line and version, and where more follow a last line {\"next_page_token\": \"…\"}."
    },
    footer = {
      "",
      "Examples:",
      "  byssus kv versions readings sensor-7/2026-11-21T10:00",
      "  byssus kv get readings sensor-7/2026-11-21T10:00 --at-version 281474976710658"
    })
final class KvVersionsCommand implements Callable<Integer> {
  private static final int VALUE_COLUMNS = 80;

  private final Streams streams;

  @Mixin private RecordCall call;
  @Mixin private ReadLevel level;
  @Mixin private Output output;

  @Option(
      names = "--from",
      paramLabel = "V",
      converter = VersionText.class,
      description = "The lowest version, included.")
  private Long from;

  @Option(
      names = "--to",
      paramLabel = "V",
      converter = VersionText.class,
      description = "The highest version, included.")
  private Long to;

  @Option(names = "--oldest-first", description = "The oldest version first.")
  private boolean oldestFirst;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "At most so many versions, 1 to 1000. Default: ${DEFAULT-VALUE}")
  private int limit;

  @Option(
      names = "--page-token",
      paramLabel = "TOKEN",
      converter = PageTokenText.class,
      description = "Go on where an earlier list of the same versions stopped.")
  private PageToken pageToken;

  KvVersionsCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws IOException {
    VersionPage page =
        call.read(
            (namespace, reads) -> namespace.versions(call.key(), query(), level.applied(reads)));
    if (output.json()) {
      page.versions().forEach(version -> Output.print(streams, RecordJson.version(version)));
      page.nextPage().ifPresent(token -> Output.print(streams, RecordJson.nextPage(token)));
    } else {
      print(page);
    }
    return ExitCodes.OK;
  }

  private VersionQuery query() {
    VersionQuery query =
        VersionQuery.all().from(from == null ? 0 : from).to(to == null ? 0 : to).limit(limit);
    if (oldestFirst) {
      query = query.fromOldest();
    }
    return pageToken == null ? query : query.after(pageToken);
  }

  private void print(VersionPage page) {
    Table table = new Table(">VERSION", "EXPIRES", "VALUE");
    for (RecordVersion version : page.versions()) {
      table.row(
          Long.toUnsignedString(version.version()),
          version.expires().map(Object::toString).orElse(""),
          version
              .value()
              .map(value -> DisplayWidth.cut(BytesText.show(value), VALUE_COLUMNS))
              .orElse("(deleted)"));
    }
    int count = page.versions().size();
    if (count > 0) {
      table.lines().forEach(streams.out()::println);
    }
    streams
        .err()
        .println(
            count
                + (count == 1 ? " version" : " versions")
                + page.nextPage().map(token -> "; go on with --page-token " + token).orElse(""));
  }
}
