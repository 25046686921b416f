package io.byssus.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.byssus.cli.text.Table;
import io.byssus.client.ByssusClient;
import io.byssus.client.admin.ClusterDescription;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code byssus admin cluster}: tells what the cluster is. */
@Command(name = "cluster", description = "Tells what the cluster is.")
final class AdminClusterCommand implements Callable<Integer> {
  private final Streams streams;

  @Mixin private Connection connection;
  @Mixin private Output output;

  AdminClusterCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() {
    try (ByssusClient client = connection.open()) {
      ClusterDescription cluster = client.admin().describeCluster();
      if (output.json()) {
        Output.print(streams, json(cluster));
      } else {
        new Table("CLUSTER", cluster.name())
            .row("id", cluster.id())
            .row("shards", cluster.shardCount())
            .row("replication factor", cluster.replicationFactor())
            .row("expected servers", cluster.expectedServers())
            .row("log", cluster.logReady() ? "ready" : "not ready")
            .row("shards placed", cluster.placed() ? "yes" : "waiting for servers")
            .row("revision", cluster.revision())
            .lines()
            .forEach(streams.out()::println);
      }
    }
    return ExitCodes.OK;
  }

  private static ObjectNode json(ClusterDescription cluster) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("cluster_id", cluster.id());
    object.put("name", cluster.name());
    object.put("shard_count", cluster.shardCount());
    object.put("replication_factor", cluster.replicationFactor());
    object.put("expected_servers", cluster.expectedServers());
    object.put("log_ready", cluster.logReady());
    object.put("placed", cluster.placed());
    object.put("revision", cluster.revision());
    return object;
  }
}
