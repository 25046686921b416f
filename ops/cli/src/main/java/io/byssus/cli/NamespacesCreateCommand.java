package io.byssus.cli;

import io.byssus.client.ByssusClient;
import io.byssus.client.admin.NamespaceDescription;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code byssus admin namespaces create}. */
@Command(
    name = "create",
    description = "Creates a namespace. Exit code 6 where one of this name exists.")
final class NamespacesCreateCommand implements Callable<Integer> {
  private final Streams streams;

  @Mixin private Connection connection;
  @Mixin private Output output;

  @Parameters(paramLabel = "NAME", description = "A letter a-z, and up to 61 of a-z, 0-9 and -.")
  private String name;

  NamespacesCreateCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() {
    try (ByssusClient client = connection.open()) {
      NamespaceDescription namespace = client.admin().createNamespace(name);
      if (output.json()) {
        Output.print(streams, NamespacesCommand.json(namespace));
      } else {
        streams.out().println("namespace " + name + " is created, id " + namespace.id());
      }
    }
    return ExitCodes.OK;
  }
}
