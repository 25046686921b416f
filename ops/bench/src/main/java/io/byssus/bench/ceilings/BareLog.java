package io.byssus.bench.ceilings;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic like the log of a cluster, with producers and consumers tuned as the cluster's are. */
public final class BareLog {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

  private final String bootstrap;
  private final String topic;
  private final int partitions;
  private String clusterId;
  private String topicId;

  private BareLog(String bootstrap, String topic, int partitions) {
    this.bootstrap = bootstrap;
    this.topic = topic;
    this.partitions = partitions;
  }

  /** A new topic, once all its partitions answer. */
  public static BareLog create(String bootstrap, String topic, int partitions) throws Exception {
    BareLog log = new BareLog(bootstrap, topic, partitions);
    Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
    try {
      Map<String, String> settings =
          Map.of(
              "retention.ms",
              "-1",
              "message.timestamp.type",
              "LogAppendTime",
              "index.interval.bytes",
              "512");
      log.topicId =
          admin
              .createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(settings)))
              .topicId(topic)
              .get(LIMIT.toSeconds(), TimeUnit.SECONDS)
              .toString();
      log.clusterId = admin.describeCluster().clusterId().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      log.awaitHosted(admin);
    } finally {
      // Without a limit it may wait without end: its thread can miss that it is to end.
      admin.close(CLOSE_LIMIT);
    }
    return log;
  }

  /** Producing at once to partitions that are not hosted yet loses batches (KAFKA-15591). */
  private void awaitHosted(Admin admin) throws Exception {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    all().forEach(partition -> ends.put(partition, OffsetSpec.latest()));
    long limit = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        admin.listOffsets(ends).all().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        return;
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
        if (System.nanoTime() > limit) {
          throw new TimeoutException(topic + " is not hosted " + LIMIT + " after it was created");
        }
      }
    }
  }

  /** Its name. */
  public String topic() {
    return topic;
  }

  /** Kafka's id of it. */
  public String topicId() {
    return topicId;
  }

  /** Kafka's id of the Kafka cluster that it is in. */
  public String clusterId() {
    return clusterId;
  }

  /** Where Kafka is: host:port. */
  public String bootstrap() {
    return bootstrap;
  }

  /** How many partitions it has. */
  public int partitions() {
    return partitions;
  }

  List<TopicPartition> all() {
    return IntStream.range(0, partitions).mapToObj(i -> new TopicPartition(topic, i)).toList();
  }

  /**
   * Idempotent, acks=all; linger, batches, requests in flight and compression as the dispatcher's.
   */
  KafkaProducer<byte[], byte[]> producer() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    settings.put("compression.type", "lz4");
    settings.put("linger.ms", 0);
    settings.put("max.in.flight.requests.per.connection", 1);
    settings.put("batch.size", 128 * 1024);
    settings.put("buffer.memory", 64L * 1024 * 1024);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Reads from the beginning of every partition; fetches as a replica's. */
  KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "none");
    settings.put("allow.auto.create.topics", false);
    settings.put("check.crcs", true);
    settings.put("max.poll.records", 10_000);
    settings.put("fetch.max.wait.ms", 250);
    settings.put("fetch.max.bytes", 16 * 1024 * 1024);
    settings.put("max.partition.fetch.bytes", 2 * 1024 * 1024);
    settings.put("receive.buffer.bytes", 1024 * 1024);
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    consumer.assign(all());
    consumer.seekToBeginning(all());
    return consumer;
  }
}
