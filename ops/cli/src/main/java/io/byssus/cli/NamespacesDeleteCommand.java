package io.byssus.cli;

import io.byssus.client.ByssusClient;
import io.byssus.client.admin.NamespaceDescription;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code byssus admin namespaces delete}. */
@Command(
    name = "delete",
    description = {
      "Deletes a namespace: its name is unknown at once. For a while, which the answer tells, it"
          + " can",
      "be undeleted; then its records are removed for good.",
      "Exit code 3 where there is none of this name."
    })
final class NamespacesDeleteCommand implements Callable<Integer> {
  private final Streams streams;

  @Mixin private Connection connection;
  @Mixin private Output output;

  @Parameters(paramLabel = "NAME", description = "The namespace.")
  private String name;

  NamespacesDeleteCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() {
    try (ByssusClient client = connection.open()) {
      NamespaceDescription namespace = client.admin().deleteNamespace(name);
      NamespacesCommand.print(
          streams,
          output,
          namespace,
          "namespace "
              + name
              + " is deleted"
              + namespace
                  .undeleteUntil()
                  .map(until -> "; it can be undeleted until " + until)
                  .orElse(""));
    }
    return ExitCodes.OK;
  }
}
