package io.byssus.storage;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Which log a shard's data came from. Kept in the shard from its first moment: data never follows
 * another log.
 *
 * @param clusterId the cluster
 * @param kafkaClusterId Kafka's id of the Kafka cluster
 * @param topicId Kafka's id of the WAL's topic
 * @param shard the shard
 */
public record ShardIdentity(String clusterId, String kafkaClusterId, String topicId, int shard) {
  byte[] encode() {
    return String.join("\n", List.of(clusterId, kafkaClusterId, topicId, Integer.toString(shard)))
        .getBytes(StandardCharsets.UTF_8);
  }

  static ShardIdentity decode(byte[] bytes) {
    String[] parts = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
    if (parts.length != 4) {
      throw new IllegalArgumentException("not a shard identity");
    }
    return new ShardIdentity(parts[0], parts[1], parts[2], Integer.parseInt(parts[3]));
  }

  @Override
  public String toString() {
    return "cluster "
        + clusterId
        + ", Kafka cluster "
        + kafkaClusterId
        + ", topic "
        + topicId
        + ", shard "
        + shard;
  }
}
