package io.byssus.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.byssus.cli.text.Table;
import io.byssus.client.admin.NamespaceDescription;
import java.util.List;
import picocli.CommandLine.Command;

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
  /** Namespaces for people. */
  static Table table(List<NamespaceDescription> namespaces) {
    Table table = new Table("NAME", ">ID", "CONFLICT RULE", ">RULES VERSION", "CREATED");
    for (NamespaceDescription namespace : namespaces) {
      table.row(
          namespace.name(),
          namespace.id(),
          namespace.conflictRule().name(),
          namespace.rulesVersion(),
          namespace.created());
    }
    return table;
  }

  /** A namespace for programs. */
  static ObjectNode json(NamespaceDescription namespace) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("name", namespace.name());
    object.put("id", namespace.id());
    object.put("conflict_rule", namespace.conflictRule().name());
    object.put("rules_version", namespace.rulesVersion());
    object.put("created", namespace.created().toString());
    return object;
  }
}
