package io.byssus.cli;

import io.byssus.client.ByssusClient;
import io.byssus.client.admin.NamespaceDescription;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code byssus admin namespaces describe}. */
@Command(
    name = "describe",
    description = "Tells what a namespace is. Exit code 3 where there is none of this name.")
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
        Output.print(streams, NamespacesCommand.json(namespace));
      } else {
        NamespacesCommand.table(List.of(namespace)).lines().forEach(streams.out()::println);
      }
    }
    return ExitCodes.OK;
  }
}
