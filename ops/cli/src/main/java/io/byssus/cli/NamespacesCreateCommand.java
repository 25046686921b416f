package io.byssus.cli;

import io.byssus.client.ByssusClient;
import io.byssus.client.admin.ConflictRule;
import io.byssus.client.admin.NamespaceDescription;
import io.byssus.client.admin.NamespaceSettings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code byssus admin namespaces create}. */
@Command(
    name = "create",
    description = "Creates a namespace. Exit code 6 where one of this name exists.",
    footer = {
      "",
      "Examples:",
      "  byssus admin namespaces create readings --max-versions 5",
      "  byssus admin namespaces create sessions --default-ttl 30m",
      "  byssus admin namespaces create signals --conflict-rule version"
    })
final class NamespacesCreateCommand implements Callable<Integer> {
  private final Streams streams;

  @Mixin private Connection connection;
  @Mixin private NamespaceOptions options;
  @Mixin private Output output;

  @Option(
      names = "--conflict-rule",
      paramLabel = "RULE",
      converter = ConflictRuleText.class,
      defaultValue = "log-order",
      description =
          "Which of two writes of one record wins: log-order, the later in the log; or version, the"
              + " one with the higher version, which the writer gives. Cannot be changed. Default:"
              + " ${DEFAULT-VALUE}")
  private ConflictRule rule;

  @Parameters(paramLabel = "NAME", description = "A letter a-z, and up to 61 of a-z, 0-9 and -.")
  private String name;

  NamespacesCreateCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() {
    NamespaceSettings settings = options.applied(NamespaceSettings.of(name).withConflictRule(rule));
    try (ByssusClient client = connection.open()) {
      NamespaceDescription namespace = client.admin().createNamespace(settings);
      NamespacesCommand.print(
          streams, output, namespace, "namespace " + name + " is created, id " + namespace.id());
    }
    return ExitCodes.OK;
  }
}
