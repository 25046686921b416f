package io.byssus.cli;

import io.byssus.cli.text.Table;
import io.byssus.client.admin.NamespaceDescription;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code byssus admin namespaces}: the cluster's namespaces. */
@Command(
    name = "namespaces",
    description = {
      "Creates, changes, deletes, lists and describes namespaces: the tables of the store."
    },
    footer = {
      "",
      "Examples:",
      "  byssus admin namespaces create places",
      "  byssus admin namespaces update places --max-versions 5",
      "  byssus admin namespaces list --json"
    })
final class NamespacesCommand {
  /** Namespaces for people. */
  static Table table(List<NamespaceDescription> namespaces) {
    Table table = new Table("NAME", ">ID", "STATE", "CONFLICT RULE", ">RULES VERSION", "CREATED");
    for (NamespaceDescription namespace : namespaces) {
      table.row(
          namespace.name(),
          namespace.id(),
          namespace.state().name(),
          namespace.conflictRule().name(),
          namespace.rulesVersion(),
          namespace.created());
    }
    return table;
  }

  /** Tells of a namespace: the sentence for people, the whole of it for programs. */
  static void print(
      Streams streams, Output output, NamespaceDescription namespace, String sentence) {
    if (output.json()) {
      Output.print(streams, NamespaceJson.of(namespace));
    } else {
      streams.out().println(sentence);
    }
  }
}
