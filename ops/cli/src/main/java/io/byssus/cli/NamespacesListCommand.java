package io.byssus.cli;

import io.byssus.client.ByssusClient;
import io.byssus.client.admin.NamespaceDescription;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code byssus admin namespaces list}. */
@Command(name = "list", description = "Lists the namespaces by name.")
final class NamespacesListCommand implements Callable<Integer> {
  private final Streams streams;

  @Mixin private Connection connection;
  @Mixin private Output output;

  @Option(names = "--deleted", description = "Those too that are deleted and can be undeleted.")
  private boolean deleted;

  NamespacesListCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() {
    try (ByssusClient client = connection.open()) {
      List<NamespaceDescription> namespaces = client.admin().listNamespaces(deleted);
      output.print(
          streams,
          namespaces,
          NamespaceJson::of,
          NamespacesCommand.table(namespaces),
          "there is no namespace");
    }
    return ExitCodes.OK;
  }
}
