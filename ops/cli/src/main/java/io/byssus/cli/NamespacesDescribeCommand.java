package io.byssus.cli;

import io.byssus.cli.text.Table;
import io.byssus.client.ByssusClient;
import io.byssus.client.admin.NamespaceDescription;
import io.byssus.client.admin.NamespaceSettings;
import io.byssus.client.admin.NamespaceSizes;
import io.byssus.client.admin.ReadDefaults;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code byssus admin namespaces describe}. */
@Command(
    name = "describe",
    description = {
      "Tells what a namespace is, and about how much it holds. Exit code 3 where there is none of",
      "this name."
    })
final class NamespacesDescribeCommand implements Callable<Integer> {
  private final Streams streams;

  @Mixin private Connection connection;
  @Mixin private Output output;

  @Parameters(paramLabel = "NAME", description = "The namespace.")
  private String name;

  NamespacesDescribeCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() {
    try (ByssusClient client = connection.open()) {
      NamespaceDescription namespace = client.admin().describeNamespace(name);
      if (output.json()) {
        Output.print(streams, NamespaceJson.of(namespace));
      } else {
        table(namespace).lines().forEach(streams.out()::println);
      }
    }
    return ExitCodes.OK;
  }

  private static Table table(NamespaceDescription namespace) {
    NamespaceSettings settings = namespace.settings();
    ReadDefaults reads = settings.readDefaults();
    Table table = new Table("WHAT", "VALUE");
    table.row("name", namespace.name());
    table.row("id", namespace.id());
    table.row("state", namespace.state().name());
    table.row("conflict rule", settings.conflictRule().name());
    table.row("default ttl", told(settings.defaultTtl(), "none"));
    table.row("tombstone retention", told(settings.tombstoneRetention(), "none"));
    table.row("max versions", settings.maxVersions());
    table.row(
        "read level",
        reads.level().name() + reads.maxStaleness().map(d -> " " + told(d)).orElse(""));
    table.row("eventual max age", told(reads.eventualMaxAge(), "none"));
    table.row("cache", told(reads.cache(), "none"));
    table.row("rules version", namespace.rulesVersion());
    table.row("created", namespace.created());
    namespace.sizes().ifPresent(sizes -> addSizes(table, sizes));
    return table;
  }

  private static void addSizes(Table table, NamespaceSizes sizes) {
    String of =
        sizes.shardsCounted() == sizes.shardCount()
            ? ""
            : ", counted on " + sizes.shardsCounted() + " of " + sizes.shardCount() + " shards";
    table.row("records", "about " + sizes.recordsEstimate() + of);
    table.row("bytes on disk", "about " + sizes.diskBytes() + of);
  }

  private static String told(Optional<Duration> duration, String none) {
    return duration.map(NamespacesDescribeCommand::told).orElse(none);
  }

  private static String told(Duration duration) {
    return DurationText.show(duration);
  }
}
