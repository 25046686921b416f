package io.byssus.cli;

import io.byssus.client.ByssusClient;
import io.byssus.client.admin.NamespaceDescription;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code byssus admin namespaces undelete}. */
@Command(
    name = "undelete",
    description = {
      "Takes the deletion of a namespace back, with all its records.",
      "Exit code 3 where none of this name is deleted and can come back, 6 where the name was"
          + " given",
      "to another since."
    })
final class NamespacesUndeleteCommand implements Callable<Integer> {
  private final Streams streams;

  @Mixin private Connection connection;
  @Mixin private Output output;

  @Parameters(paramLabel = "NAME", description = "The namespace.")
  private String name;

  NamespacesUndeleteCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() {
    try (ByssusClient client = connection.open()) {
      NamespaceDescription namespace = client.admin().undeleteNamespace(name);
      NamespacesCommand.print(streams, output, namespace, "namespace " + name + " is back");
    }
    return ExitCodes.OK;
  }
}
