package io.byssus.wal;

import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Passes bytes through one Kafka client unchanged, and hears which Kafka cluster the client talks
 * to.
 *
 * <p>Addresses tell nothing: another cluster can answer there from one moment to the next, while
 * connections are lost and made again. But writes and fetches name the topic by its id, which no
 * other cluster knows. So before a client can write to another cluster's topic of the same name, or
 * read from it, it has to fetch that cluster's metadata; and Kafka tells its clients' serializers
 * of the cluster id in all metadata before the client acts on it. No question asked beside the
 * client can be as early.
 */
final class ClusterIdGuard
    implements Serializer<byte[]>, Deserializer<byte[]>, ClusterResourceListener {
  private final String expected;
  private final Consumer<String> foreign;

  /**
   * A guard for one client.
   *
   * @param expected the cluster id
   * @param foreign is told of any other, on the client's own thread; must not block
   */
  ClusterIdGuard(String expected, Consumer<String> foreign) {
    this.expected = expected;
    this.foreign = foreign;
  }

  @Override
  public void onUpdate(ClusterResource cluster) {
    if (cluster.clusterId() != null && !cluster.clusterId().equals(expected)) {
      foreign.accept(cluster.clusterId());
    }
  }

  @Override
  public byte[] serialize(String topic, byte[] bytes) {
    return bytes;
  }

  @Override
  public byte[] deserialize(String topic, byte[] bytes) {
    return bytes;
  }

  @Override
  public void configure(Map<String, ?> settings, boolean isKey) {}

  @Override
  public void close() {}
}
