package io.byssus.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.byssus.client.ByssusClient;
import io.byssus.client.admin.ClusterSettings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code byssus admin init}: fixes what a cluster is. */
@Command(
    name = "init",
    description = {
      "Initialises a cluster, once: fixes its shard count and replication factor for its life, and",
      "creates its log in Kafka. To repeat it with the same settings is no error.",
      "The endpoint may be a dispatcher or a control-plane member."
    },
    footer = {
      "",
      "Example:",
      "  byssus admin init --name shop --shards 1024 --replication-factor 3 --expected-servers 6"
    })
final class AdminInitCommand implements Callable<Integer> {
  private final Streams streams;

  @Mixin private Connection connection;
  @Mixin private Output output;

  @Option(
      names = "--name",
      required = true,
      paramLabel = "NAME",
      description = "The cluster's name, part of its topics' names: up to 40 of a-z, 0-9 and -.")
  private String name;

  @Option(
      names = "--shards",
      paramLabel = "N",
      defaultValue = "1024",
      description = "The number of shards, fixed for ever. Default: ${DEFAULT-VALUE}")
  private int shards;

  @Option(
      names = "--replication-factor",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many servers hold each shard. Default: ${DEFAULT-VALUE}")
  private int replicationFactor;

  @Option(
      names = "--expected-servers",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Place shards when so many servers are up. Default: as many as the replication factor")
  private int expectedServers;

  @Option(
      names = "--log-replication-factor",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "How many brokers hold each partition of the log; 0: as brokers are set. Default: 3")
  private int logReplicationFactor;

  AdminInitCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() {
    ClusterSettings settings =
        new ClusterSettings(name, shards, replicationFactor, expectedServers, logReplicationFactor);
    try (ByssusClient client = connection.open()) {
      String id = client.admin().initCluster(settings);
      if (output.json()) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("cluster_id", id);
        Output.print(streams, object);
      } else {
        streams.out().println("cluster " + name + " is initialised, id " + id);
      }
    }
    return ExitCodes.OK;
  }
}
