package io.byssus.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.byssus.cli.text.Table;
import io.byssus.client.ByssusClient;
import io.byssus.client.admin.ReplicaDescription;
import io.byssus.client.admin.ShardDescription;
import io.byssus.model.Position;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code byssus admin shards}: where the shards are, and how far their replicas have come. */
@Command(
    name = "shards",
    description = {
      "Lists the replicas of the shards: where they are, what they do, the position that they have",
      "applied (log incarnation/offset) and how many records they are behind. A * marks the"
          + " replica",
      "that acts for the shard."
    })
final class AdminShardsCommand implements Callable<Integer> {
  private final Streams streams;

  @Mixin private Connection connection;
  @Mixin private Output output;

  AdminShardsCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() {
    try (ByssusClient client = connection.open()) {
      List<ShardDescription> shards = client.admin().listShards();
      output.print(
          streams, shards, AdminShardsCommand::json, table(shards), "no shard is placed yet");
    }
    return ExitCodes.OK;
  }

  private static Table table(List<ShardDescription> shards) {
    Table table =
        new Table(
            ">SHARD", "NODE", "STATE", "APPLIED", ">LAG", ">RECORDS", ">BYTES", ">EPOCH", "HALTED");
    for (ShardDescription shard : shards) {
      for (ReplicaDescription replica : shard.replicas()) {
        String mark = replica.nodeId().equals(shard.feedOwner()) ? " *" : "";
        table.row(
            shard.shard(),
            replica.nodeId() + mark,
            state(replica),
            replica.applied().map(Position::toString).orElse("-"),
            replica.lagRecords(),
            replica.recordsEstimate(),
            replica.diskBytes(),
            shard.epoch(),
            replica.haltReason());
      }
    }
    return table;
  }

  private static String state(ReplicaDescription replica) {
    return replica.state().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static ObjectNode json(ShardDescription shard) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("shard", shard.shard());
    object.put("incarnation", shard.incarnation());
    object.put("epoch", shard.epoch());
    object.put("feed_owner", shard.feedOwner());
    ArrayNode replicas = object.putArray("replicas");
    for (ReplicaDescription replica : shard.replicas()) {
      ObjectNode one = replicas.addObject();
      one.put("node", replica.nodeId());
      one.put("state", state(replica));
      one.put("applied", replica.applied().map(Position::toString).orElse(null));
      one.put("lag_records", replica.lagRecords());
      one.put("records_estimate", replica.recordsEstimate());
      one.put("disk_bytes", replica.diskBytes());
      one.put("halt_reason", replica.haltReason());
    }
    return object;
  }
}
