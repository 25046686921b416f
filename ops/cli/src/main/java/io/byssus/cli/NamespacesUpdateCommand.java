package io.byssus.cli;

import io.byssus.client.AdminClient;
import io.byssus.client.ByssusClient;
import io.byssus.client.admin.NamespaceDescription;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code byssus admin namespaces update}. */
@Command(
    name = "update",
    description = {
      "Changes what a namespace is declared to be; what no option names stays. Holds for writes"
          + " from",
      "then on. The conflict rule cannot be changed.",
      "Exit code 6 where somebody else has changed it meanwhile."
    },
    footer = {
      "",
      "Examples:",
      "  byssus admin namespaces update readings --max-versions 10",
      "  byssus admin namespaces update sessions --default-ttl none --read-level bounded:2s"
    })
final class NamespacesUpdateCommand implements Callable<Integer> {
  private final Streams streams;

  @Mixin private Connection connection;
  @Mixin private NamespaceOptions options;
  @Mixin private Output output;

  @Parameters(paramLabel = "NAME", description = "The namespace.")
  private String name;

  NamespacesUpdateCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() {
    try (ByssusClient client = connection.open()) {
      AdminClient admin = client.admin();
      NamespaceDescription present = admin.describeNamespace(name);
      NamespaceDescription namespace =
          admin.updateNamespace(options.applied(present.settings()), present.rulesVersion());
      NamespacesCommand.print(
          streams,
          output,
          namespace,
          "namespace " + name + " is updated, rules version " + namespace.rulesVersion());
    }
    return ExitCodes.OK;
  }
}
