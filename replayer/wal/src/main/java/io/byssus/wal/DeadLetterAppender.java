package io.byssus.wal;

import io.byssus.model.Limits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Copies records that are no records of Byssus to the dead-letter topic, at least once. The copy's
 * key is {@code shard/offset}, so that a second copy is known for what it is; the header {@code
 * why} tells what was wrong.
 */
public final class DeadLetterAppender implements AutoCloseable {
  private final String topic;
  private final KafkaProducer<byte[], byte[]> producer;

  /** Opens the topic. Never waits for Kafka. */
  public DeadLetterAppender(WalConfig config, String topic) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("client.id", "byssus-dead-letters");
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    settings.put("buffer.memory", 16L * 1024 * 1024);
    settings.put("max.block.ms", 1_000);
    settings.put("max.request.size", Limits.MAX_LOG_RECORD_BYTES + 64 * 1024);
    settings.put("delivery.timeout.ms", 30_000);
    settings.put("request.timeout.ms", 10_000);
    this.topic = topic;
    this.producer =
        new KafkaProducer<>(
            config.with(settings), new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Copies one record; completes when the copy is durable. */
  public CompletableFuture<Void> append(int shard, long offset, String why, byte[] bytes) {
    byte[] key = (shard + "/" + offset).getBytes(StandardCharsets.UTF_8);
    ProducerRecord<byte[], byte[]> copy = new ProducerRecord<>(topic, key, bytes);
    copy.headers().add("why", why.getBytes(StandardCharsets.UTF_8));
    CompletableFuture<Void> result = new CompletableFuture<>();
    try {
      producer.send(
          copy,
          (metadata, failure) -> {
            if (failure == null) {
              result.complete(null);
            } else {
              result.completeExceptionally(failure);
            }
          });
    } catch (KafkaException e) {
      result.completeExceptionally(e);
    }
    return result;
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(2));
  }
}
