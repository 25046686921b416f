package io.byssus.kafka;

import static java.util.stream.Collectors.toMap;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/** A topic of one test, used through ordinary clients. */
record Topic(String bootstrapServers, String name) {
  static final Duration LIMIT = Duration.ofSeconds(30);

  /** Creates the topic and waits until every partition answers: before that, writes can be lost. */
  static Topic create(String bootstrapServers, String name, int partitions) throws Exception {
    var topic = new Topic(bootstrapServers, name);
    try (KafkaAdmin connected = topic.admin()) {
      Admin admin = connected.client();
      admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
      var ends =
          IntStream.range(0, partitions)
              .mapToObj(p -> new TopicPartition(name, p))
              .collect(toMap(p -> p, p -> OffsetSpec.latest()));
      Awaitility.await()
          .atMost(LIMIT)
          .ignoreExceptions()
          .until(() -> admin.listOffsets(ends).all().get().size() == partitions);
    }
    return topic;
  }

  KafkaAdmin admin() {
    return KafkaAdmin.connect(bootstrapServers);
  }

  void append(byte[]... values) throws Exception {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "max.block.ms",
            "10000",
            "max.request.size",
            Integer.toString(8 << 20));
    var bytes = new ByteArraySerializer();
    try (var producer = new KafkaProducer<>(settings, bytes, bytes)) {
      for (byte[] value : values) {
        producer.send(new ProducerRecord<>(name, 0, null, value)).get();
      }
    }
  }

  /** What a consumer that may create topics is told of this one. */
  List<PartitionInfo> partitions() {
    var bytes = new ByteArrayDeserializer();
    Map<String, Object> settings =
        Map.of("bootstrap.servers", bootstrapServers, "allow.auto.create.topics", "true");
    try (var consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
      return consumer.partitionsFor(name);
    }
  }

  /** The first {@code count} values of partition 0; fails if they do not come in time. */
  List<byte[]> read(int count) {
    var bytes = new ByteArrayDeserializer();
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers);
    try (var consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
      var partition = List.of(new TopicPartition(name, 0));
      consumer.assign(partition);
      consumer.seekToBeginning(partition);
      var values = new ArrayList<byte[]>();
      Awaitility.await()
          .atMost(LIMIT)
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(r -> values.add(r.value()));
                return values.size() >= count;
              });
      return values;
    }
  }
}
