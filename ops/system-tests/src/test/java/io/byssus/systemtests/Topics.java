package io.byssus.systemtests;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/** What an outsider does to Kafka, and sees in it. */
final class Topics implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final String kafka;
  private final Admin admin;

  Topics(String kafka) {
    this.kafka = kafka;
    this.admin = Admin.create(Map.of("bootstrap.servers", kafka));
  }

  /** The names of all topics that are not Kafka's own. */
  Set<String> names() throws InterruptedException, ExecutionException, TimeoutException {
    return admin.listTopics().names().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  void delete(String topic) throws InterruptedException, ExecutionException, TimeoutException {
    admin.deleteTopics(List.of(topic)).all().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Creates a topic; returns when every partition answers. */
  void create(String topic, int partitions) {
    // A topic that was just deleted may be in the way for a moment.
    Awaitility.await("topic " + topic + " is created")
        .atMost(LIMIT)
        .ignoreExceptions()
        .until(
            () -> {
              admin
                  .createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                  .all()
                  .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
              return true;
            });
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (int partition = 0; partition < partitions; partition++) {
      ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
    }
    Awaitility.await("topic " + topic + " answers")
        .atMost(LIMIT)
        .ignoreExceptions()
        .until(
            () ->
                admin.listOffsets(ends).all().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS).size()
                    == partitions);
  }

  /** Appends records to one partition; returns when Kafka has them. */
  void append(String topic, int partition, List<byte[]> values)
      throws InterruptedException, ExecutionException, TimeoutException {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka, "acks", "all", "max.request.size", 6 << 20),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      List<Future<?>> sent = new ArrayList<>();
      for (byte[] value : values) {
        sent.add(producer.send(new ProducerRecord<>(topic, partition, null, value)));
      }
      for (Future<?> each : sent) {
        each.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  /** Waits for the first so many records of a topic, and returns them. */
  List<ConsumerRecord<byte[], byte[]>> await(String topic, int count) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka, "enable.auto.commit", "false"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      Awaitility.await(count + " records in " + topic)
          .atMost(LIMIT)
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                return records.size() >= count;
              });
      return records;
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(1));
  }
}
