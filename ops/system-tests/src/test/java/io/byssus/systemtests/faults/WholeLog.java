package io.byssus.systemtests.faults;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a log from its beginning, without anything of Byssus. */
final class WholeLog implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final String topic;
  private final int shards;
  private final KafkaConsumer<byte[], byte[]> consumer;

  WholeLog(String kafka, String topic, int shards) {
    this.topic = topic;
    this.shards = shards;
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                kafka,
                "enable.auto.commit",
                "false",
                "auto.offset.reset",
                "none",
                "max.poll.records",
                "10000"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
  }

  /** Where a shard's log ends: the offset of the next record. */
  long end(int shard) {
    TopicPartition partition = new TopicPartition(topic, shard);
    return consumer.endOffsets(List.of(partition)).get(partition);
  }

  /** Where all shards' logs end. */
  long[] ends() {
    return IntStream.range(0, shards).mapToLong(this::end).toArray();
  }

  /**
   * Reads a shard up to an offset, which must be within the log.
   *
   * @throws IllegalStateException where it does not come to that within a minute
   */
  void read(int shard, long endOffset, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    TopicPartition partition = new TopicPartition(topic, shard);
    consumer.assign(List.of(partition));
    consumer.seek(partition, 0);
    long limit = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (consumer.position(partition) < endOffset) {
      if (System.nanoTime() > limit) {
        throw new IllegalStateException(
            "the log of shard " + shard + " is not read to offset " + endOffset + " in time");
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.offset() < endOffset) {
          reader.accept(record);
        }
      }
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
