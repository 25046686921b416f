package io.byssus.wal;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A producer for one Kafka cluster and no other: when it meets another it ends itself, on its own
 * thread, before it has written anything there. What it had in hand then fails, unanswered. See
 * {@link ClusterIdGuard}.
 */
final class GuardedProducer {
  private final KafkaProducer<byte[], byte[]> producer;
  private final Consumer<String> foreign;
  private volatile boolean usable = true;

  /** Null while the producer, whose thread runs already, is being made. */
  private volatile KafkaProducer<byte[], byte[]> made;

  /**
   * A producer that connects when it is first used.
   *
   * @param clusterId the cluster
   * @param foreign is told of another one, on the producer's thread; must not block
   */
  GuardedProducer(Map<String, Object> settings, String clusterId, Consumer<String> foreign) {
    this.foreign = foreign;
    this.producer =
        new KafkaProducer<>(
            settings, new ByteArraySerializer(), new ClusterIdGuard(clusterId, this::metForeign));
    this.made = producer;
    if (!usable) {
      producer.close(Duration.ZERO);
    }
  }

  private void metForeign(String clusterId) {
    // First, so that nothing more is handed over.
    foreign.accept(clusterId);
    usable = false;
    KafkaProducer<byte[], byte[]> ending = made;
    if (ending != null) {
      ending.close(Duration.ZERO);
    }
  }

  /** Whether it has not met another cluster. */
  boolean usable() {
    return usable;
  }

  /** As {@link KafkaProducer#send}. */
  void send(ProducerRecord<byte[], byte[]> record, Callback callback) {
    producer.send(record, callback);
  }

  /** Waits so long for what is in flight, and ends. */
  void close(Duration limit) {
    producer.close(limit);
  }
}
