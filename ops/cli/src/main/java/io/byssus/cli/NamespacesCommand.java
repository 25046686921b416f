package io.byssus.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.byssus.client.ByssusClient;
import io.byssus.client.admin.NamespaceDescription;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code byssus admin namespaces}: the cluster's namespaces. */
@Command(
    name = "namespaces",
    description = "Creates, lists and describes namespaces: the tables of the store.",
    footer = {
      "",
      "Examples:",
      "  byssus admin namespaces create places",
      "  byssus admin namespaces list --json"
    })
final class NamespacesCommand {
  private final Streams streams;

  NamespacesCommand(Streams streams) {
    this.streams = streams;
  }

  @Command(name = "create", description = "Creates a namespace.")
  int create(
      @Mixin Connection connection,
      @Mixin Output output,
      @Parameters(
              paramLabel = "NAME",
              description = "A letter a-z, and up to 61 of a-z, 0-9 and -.")
          String name) {
    try (ByssusClient client = connection.open()) {
      NamespaceDescription namespace = client.admin().createNamespace(name);
      if (output.json()) {
        Output.print(streams, json(namespace));
      } else {
        streams.out().println("namespace " + name + " is created, id " + namespace.id());
      }
    }
    return ExitCodes.OK;
  }

  @Command(name = "list", description = "Lists the namespaces by name.")
  int list(@Mixin Connection connection, @Mixin Output output) {
    try (ByssusClient client = connection.open()) {
      print(output, client.admin().listNamespaces());
    }
    return ExitCodes.OK;
  }

  @Command(name = "describe", description = "Tells what a namespace is.")
  int describe(
      @Mixin Connection connection,
      @Mixin Output output,
      @Parameters(paramLabel = "NAME", description = "The namespace.") String name) {
    try (ByssusClient client = connection.open()) {
      NamespaceDescription namespace = client.admin().describeNamespace(name);
      if (output.json()) {
        Output.print(streams, json(namespace));
      } else {
        print(output, List.of(namespace));
      }
    }
    return ExitCodes.OK;
  }

  private void print(Output output, List<NamespaceDescription> namespaces) {
    Table table = new Table("NAME", ">ID", "CONFLICT RULE", ">RULES VERSION", "CREATED");
    for (NamespaceDescription namespace : namespaces) {
      table.row(
          namespace.name(),
          namespace.id(),
          namespace.conflictRule(),
          namespace.rulesVersion(),
          namespace.created());
    }
    output.print(streams, namespaces, NamespacesCommand::json, table, "there is no namespace");
  }

  private static ObjectNode json(NamespaceDescription namespace) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("name", namespace.name());
    object.put("id", namespace.id());
    object.put("conflict_rule", namespace.conflictRule());
    object.put("rules_version", namespace.rulesVersion());
    object.put("created", namespace.created().toString());
    return object;
  }
}
