package io.byssus.controlplane.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.kafka.EmbeddedKafka;
import io.byssus.kafka.KafkaAdmin;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.LogIdentity;
import io.byssus.proto.log.v1.IncarnationStart;
import io.byssus.proto.log.v1.LogRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The log on a real broker; each test has a cluster, and so topics, of its own. */
@Timeout(60)
final class LogProvisionerTest {
  private static final int SHARDS = 8;
  private static final List<Integer> ONE_EACH = Collections.nCopies(SHARDS, 1);

  @TempDir static Path directory;
  private static EmbeddedKafka kafka;
  private static KafkaAdmin connected;
  private static Admin admin;

  private final LogProvisioner provisioner =
      new LogProvisioner(kafka.bootstrapServers(), Map.of(), Clock.systemUTC(), System::nanoTime);

  @BeforeAll
  static void startKafka() throws Exception {
    kafka = EmbeddedKafka.start(directory);
    connected = KafkaAdmin.connect(kafka.bootstrapServers());
    admin = connected.client();
  }

  @AfterAll
  static void stopKafka() {
    connected.close();
    kafka.close();
  }

  private static Cluster cluster(String name) {
    return Cluster.newBuilder()
        .setName(name)
        .setClusterId("id-of-" + name)
        .setShardCount(SHARDS)
        .setLogReplicationFactor(1)
        .build();
  }

  private static void create(String topic, int partitions) throws Exception {
    admin
        .createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.of((short) 1))))
        .all()
        .get();
  }

  private static void append(String topic, int partition, byte[] value) throws Exception {
    try (var producer =
        new KafkaProducer<byte[], byte[]>(
            Map.of(
                "bootstrap.servers", kafka.bootstrapServers(),
                "key.serializer", ByteArraySerializer.class,
                "value.serializer", ByteArraySerializer.class))) {
      producer.send(new ProducerRecord<>(topic, partition, null, value)).get();
    }
  }

  /** What each partition holds. */
  private static List<List<ConsumerRecord<byte[], byte[]>>> read(String topic) {
    List<TopicPartition> partitions =
        IntStream.range(0, SHARDS).mapToObj(i -> new TopicPartition(topic, i)).toList();
    List<List<ConsumerRecord<byte[], byte[]>>> records = new ArrayList<>();
    partitions.forEach(partition -> records.add(new ArrayList<>()));
    try (var consumer =
        new KafkaConsumer<byte[], byte[]>(
            Map.of(
                "bootstrap.servers", kafka.bootstrapServers(),
                "key.deserializer", ByteArrayDeserializer.class,
                "value.deserializer", ByteArrayDeserializer.class))) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer.poll(Duration.ofMillis(50)).forEach(r -> records.get(r.partition()).add(r));
      }
    }
    return records;
  }

  private static List<Integer> counts(String topic) {
    return read(topic).stream().map(List::size).toList();
  }

  private ErrorCode refusal(String name) {
    return assertThrows(ByssusException.class, () -> provisioner.provision(cluster(name))).code();
  }

  @Test
  void aNewLogBeginsEveryPartitionWithTheClustersNameAndHasItsSettings() throws Exception {
    LogIdentity log = provisioner.provision(cluster("fresh"));
    assertEquals("fresh.wal", log.getTopic());
    assertEquals("fresh.wal.dead-letter", log.getDeadLetterTopic());
    assertEquals(kafka.clusterId(), log.getKafkaClusterId());
    assertEquals(
        admin
            .describeTopics(List.of("fresh.wal"))
            .allTopicNames()
            .get()
            .get("fresh.wal")
            .topicId()
            .toString(),
        log.getTopicId());
    for (List<ConsumerRecord<byte[], byte[]>> records : read("fresh.wal")) {
      assertEquals(1, records.size());
      LogRecord first = LogRecord.parseFrom(records.get(0).value());
      assertEquals(1, first.getFormatVersion());
      assertEquals("id-of-fresh", first.getIncarnationStart().getClusterId());
      assertEquals(1, first.getIncarnationStart().getIncarnation());
      assertTrue(first.getWriterTimeMs() > 0);
    }
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "fresh.wal");
    Config config = admin.describeConfigs(List.of(topic)).all().get().get(topic);
    assertEquals("LogAppendTime", config.get("message.timestamp.type").value());
    assertEquals("-1", config.get("retention.ms").value());
    assertEquals("-1", config.get("retention.bytes").value());
    assertEquals("6291456", config.get("max.message.bytes").value());
    assertEquals("1", config.get("min.insync.replicas").value());
    assertEquals("false", config.get("unclean.leader.election.enable").value());
  }

  @Test
  void aRepeatFindsTheSameLogAndAddsNothing() throws Exception {
    LogIdentity log = provisioner.provision(cluster("again"));
    assertEquals(log, provisioner.provision(cluster("again")));
    assertEquals(ONE_EACH, counts("again.wal"));
  }

  @Test
  void anAttemptThatWasCutShortIsFinished() throws Exception {
    // As left by a control plane that died: no settings, no dead letters, some partitions begun.
    create("half.wal", SHARDS);
    LogRecord start =
        LogRecord.newBuilder()
            .setFormatVersion(1)
            .setIncarnationStart(
                IncarnationStart.newBuilder().setClusterId("id-of-half").setIncarnation(1))
            .build();
    append("half.wal", 0, start.toByteArray());
    append("half.wal", 5, start.toByteArray());
    provisioner.provision(cluster("half"));
    assertEquals(ONE_EACH, counts("half.wal"));
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "half.wal");
    Config config = admin.describeConfigs(List.of(topic)).all().get().get(topic);
    assertEquals("-1", config.get("retention.ms").value());
  }

  @Test
  void theLogOfAnotherClusterOfThisNameIsRefused() throws Exception {
    provisioner.provision(cluster("twin"));
    Cluster other = cluster("twin").toBuilder().setClusterId("another").build();
    ByssusException error = assertThrows(ByssusException.class, () -> provisioner.provision(other));
    assertEquals(ErrorCode.LOG_REFUSED, error.code());
    assertTrue(error.getMessage().contains("id-of-twin"), error.getMessage());
  }

  private static Map<String, String> settings(String topic) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    return admin.describeConfigs(List.of(resource)).all().get().get(resource).entries().stream()
        .collect(Collectors.toMap(ConfigEntry::name, e -> e.value() + " by " + e.source()));
  }

  private static boolean exists(String topic) throws Exception {
    return admin.listTopics().names().get().contains(topic);
  }

  @Test
  void aTopicWithForeignRecordsIsRefusedAndLeftAsItIs() throws Exception {
    create("foreign.wal", SHARDS);
    append("foreign.wal", 3, "hello".getBytes(StandardCharsets.UTF_8));
    Map<String, String> before = settings("foreign.wal");
    assertEquals(ErrorCode.LOG_REFUSED, refusal("foreign"));
    assertEquals(before, settings("foreign.wal"));
    assertFalse(exists("foreign.wal.dead-letter"));
    assertEquals(List.of(0, 0, 0, 1, 0, 0, 0, 0), counts("foreign.wal"), "nothing was appended");
  }

  @Test
  void aLogThatHasLostItsBeginningIsRefused() throws Exception {
    provisioner.provision(cluster("cut"));
    admin
        .deleteRecords(Map.of(new TopicPartition("cut.wal", 2), RecordsToDelete.beforeOffset(1)))
        .all()
        .get();
    assertEquals(ErrorCode.LOG_REFUSED, refusal("cut"));
  }

  @Test
  void aTopicWithAnotherNumberOfPartitionsIsRefused() throws Exception {
    create("narrow.wal", SHARDS - 1);
    Map<String, String> before = settings("narrow.wal");
    assertEquals(ErrorCode.LOG_REFUSED, refusal("narrow"));
    assertEquals(before, settings("narrow.wal"));
    assertFalse(exists("narrow.wal.dead-letter"));
  }

  @Test
  void aLookRefusesWhatProvisioningWouldAndChangesNothing() throws Exception {
    provisioner.examine(cluster("look"));
    assertFalse(exists("look.wal"));
    provisioner.provision(cluster("look"));
    provisioner.examine(cluster("look"));
    Cluster other = cluster("look").toBuilder().setClusterId("another").build();
    ByssusException error = assertThrows(ByssusException.class, () -> provisioner.examine(other));
    assertEquals(ErrorCode.LOG_REFUSED, error.code());
    assertEquals(ONE_EACH, counts("look.wal"));
  }

  @Test
  void moreCopiesThanBrokersAreNotReadyAndTheReasonIsGiven() {
    Cluster many = cluster("many").toBuilder().setLogReplicationFactor(3).build();
    ByssusException error = assertThrows(ByssusException.class, () -> provisioner.provision(many));
    assertEquals(ErrorCode.LOG_UNAVAILABLE, error.code());
    assertTrue(error.getMessage().contains("InvalidReplicationFactor"), error.getMessage());
  }
}
