package io.byssus.wal;

import io.byssus.kafka.EmbeddedKafka;
import io.byssus.kafka.KafkaAdmin;
import io.byssus.proto.internal.v1.LogIdentity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/** Topics for tests, ready to be written to. */
final class Topics {
  private Topics() {}

  static LogIdentity create(EmbeddedKafka kafka, String topic, int partitions) throws Exception {
    try (KafkaAdmin connected = KafkaAdmin.connect(kafka.bootstrapServers())) {
      Admin admin = connected.client();
      admin
          .createTopics(
              List.of(
                  new NewTopic(topic, Optional.of(partitions), Optional.of((short) 1))
                      .configs(
                          Map.of(
                              "message.timestamp.type",
                              "LogAppendTime",
                              "max.message.bytes",
                              Integer.toString(6 << 20)))))
          .all()
          .get();
      Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
      for (int i = 0; i < partitions; i++) {
        ends.put(new TopicPartition(topic, i), OffsetSpec.latest());
      }
      // A fresh topic loses what is written before every partition answers.
      Awaitility.await()
          .ignoreExceptions()
          .until(() -> admin.listOffsets(ends).all().get().size() == partitions);
      return LogIdentity.newBuilder()
          .setTopic(topic)
          .setDeadLetterTopic(topic + ".dead-letter")
          .setKafkaClusterId(kafka.clusterId())
          .setTopicId(
              admin
                  .describeTopics(List.of(topic))
                  .allTopicNames()
                  .get()
                  .get(topic)
                  .topicId()
                  .toString())
          .build();
    }
  }

  static void delete(EmbeddedKafka kafka, String topic) throws Exception {
    try (KafkaAdmin admin = KafkaAdmin.connect(kafka.bootstrapServers())) {
      admin.client().deleteTopics(List.of(topic)).all().get();
    }
  }

  static void trim(EmbeddedKafka kafka, String topic, int partition, long before) throws Exception {
    try (KafkaAdmin connected = KafkaAdmin.connect(kafka.bootstrapServers())) {
      Admin admin = connected.client();
      admin
          .deleteRecords(
              Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(before)))
          .all()
          .get();
    }
  }
}
