package io.byssus.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.byssus.cli.text.Table;
import io.byssus.client.ByssusClient;
import io.byssus.client.admin.NodeDescription;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code byssus admin nodes}: the cluster's processes. */
@Command(name = "nodes", description = "Lists control-plane members, servers and dispatchers.")
final class AdminNodesCommand implements Callable<Integer> {
  private final Streams streams;

  @Mixin private Connection connection;
  @Mixin private Output output;

  AdminNodesCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() {
    try (ByssusClient client = connection.open()) {
      List<NodeDescription> nodes = client.admin().listNodes();
      Table table = new Table("NODE", "ROLE", "ADDRESS", "STATE", ">REPLICAS", "LABELS");
      for (NodeDescription node : nodes) {
        table.row(
            node.id(), role(node), node.address(), state(node), node.replicas(), labels(node));
      }
      output.print(streams, nodes, AdminNodesCommand::json, table, "there is no node");
    }
    return ExitCodes.OK;
  }

  private static String role(NodeDescription node) {
    return node.role().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String state(NodeDescription node) {
    return (node.up() ? "up" : "down") + (node.leader() ? ", leader" : "");
  }

  private static String labels(NodeDescription node) {
    return new TreeMap<>(node.labels())
        .entrySet().stream()
            .map(label -> label.getKey() + "=" + label.getValue())
            .collect(Collectors.joining(","));
  }

  private static ObjectNode json(NodeDescription node) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("id", node.id());
    object.put("role", role(node));
    object.put("address", node.address());
    object.put("up", node.up());
    object.put("leader", node.leader());
    object.put("replicas", node.replicas());
    ObjectNode labels = object.putObject("labels");
    new TreeMap<>(node.labels()).forEach(labels::put);
    return object;
  }
}
