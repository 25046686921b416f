package io.byssus.controlplane.node;

import io.byssus.controlplane.node.LogTopics.OffsetRange;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.LogIdentity;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Creates the cluster's log, or finds it as an attempt before has left it. Every step may be
 * repeated: a control plane that died half-way does it all again, and so does a new leader.
 */
final class LogProvisioner {
  private static final Duration CALL_LIMIT = Duration.ofSeconds(15);
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(5);

  /**
   * How long calls in hand are waited for, also by a member that is stopping. Not zero, which to
   * Kafka's client is without end where its thread misses that it is to end.
   */
  private static final Duration CLOSE_LIMIT = Duration.ofMillis(100);

  private final String bootstrap;
  private final Map<String, String> properties;
  private final Clock clock;
  private final LongSupplier nanos;

  /** Works on a Kafka cluster, with further settings for its clients. */
  LogProvisioner(
      String bootstrap, Map<String, String> properties, Clock clock, LongSupplier nanos) {
    this.bootstrap = bootstrap;
    this.properties = properties;
    this.clock = clock;
    this.nanos = nanos;
  }

  /** Where Kafka is said to be. */
  String bootstrap() {
    return bootstrap;
  }

  /**
   * Makes the log ready. Takes up to a minute or so.
   *
   * @throws ByssusException {@link ErrorCode#LOG_REFUSED} where a log of this name is not this
   *     cluster's; {@link ErrorCode#LOG_UNAVAILABLE} where trying again may help
   */
  LogIdentity provision(Cluster cluster) throws InterruptedException {
    Admin admin = admin();
    try {
      LogTopics topics = new LogTopics(admin, cluster);
      LogStart start = new LogStart(cluster, clock, nanos);
      // Before anything is changed; and again after, as anyone may have written meanwhile.
      if (topics.find().isPresent()) {
        check(topics, start);
      }
      TopicDescription log = topics.ensureLog();
      Map<TopicPartition, OffsetRange> ranges = check(topics, start);
      topics.ensureDeadLetter();
      try (Producer<byte[], byte[]> producer = new KafkaProducer<>(producerSettings())) {
        start.beginEmpty(ranges, producer);
      }
      return LogIdentity.newBuilder()
          .setTopic(LogTopics.wal(cluster))
          .setDeadLetterTopic(LogTopics.deadLetter(cluster))
          .setKafkaClusterId(admin.describeCluster().clusterId().get())
          .setTopicId(log.topicId().toString())
          .build();
    } catch (ExecutionException | KafkaException e) {
      throw failed(e);
    } finally {
      admin.close(CLOSE_LIMIT);
    }
  }

  /**
   * Looks whether a log of this name could become the cluster's, and changes nothing. Takes up to a
   * minute or so.
   *
   * @throws ByssusException {@link ErrorCode#LOG_REFUSED} where one is there that is not this
   *     cluster's; {@link ErrorCode#LOG_UNAVAILABLE} where it could not be looked at
   */
  void examine(Cluster cluster) throws InterruptedException {
    Admin admin = admin();
    try {
      LogTopics topics = new LogTopics(admin, cluster);
      if (topics.find().isPresent()) {
        check(topics, new LogStart(cluster, clock, nanos));
      }
    } catch (ExecutionException | KafkaException e) {
      throw failed(e);
    } finally {
      admin.close(CLOSE_LIMIT);
    }
  }

  private Admin admin() {
    try {
      return Admin.create(adminSettings());
    } catch (KafkaException e) {
      throw unavailable(e);
    }
  }

  private Map<TopicPartition, OffsetRange> check(LogTopics topics, LogStart start)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetRange> ranges = topics.awaitOffsets();
    try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(consumerSettings())) {
      start.checkWritten(ranges, consumer);
    }
    return ranges;
  }

  private ByssusException failed(Exception failure) throws InterruptedException {
    if (failure instanceof org.apache.kafka.common.errors.InterruptException) {
      Thread.interrupted();
      throw (InterruptedException) new InterruptedException("stopped").initCause(failure);
    }
    return unavailable(failure instanceof ExecutionException ? failure.getCause() : failure);
  }

  private ByssusException unavailable(Throwable cause) {
    return new ByssusException(
        ErrorCode.LOG_UNAVAILABLE,
        "the log cannot be reached or created at "
            + bootstrap
            + ": "
            + cause.getClass().getSimpleName()
            + ": "
            + cause.getMessage(),
        cause);
  }

  private Map<String, Object> settings() {
    Map<String, Object> settings = new HashMap<>(properties);
    settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, "byssus-control-plane");
    settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, (int) REQUEST_LIMIT.toMillis());
    settings.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) CALL_LIMIT.toMillis());
    return settings;
  }

  private Map<String, Object> adminSettings() {
    Map<String, Object> settings = settings();
    settings.put(AdminClientConfig.RETRIES_CONFIG, Integer.MAX_VALUE);
    return settings;
  }

  private Map<String, Object> consumerSettings() {
    Map<String, Object> settings = settings();
    settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1_000);
    return settings;
  }

  private Map<String, Object> producerSettings() {
    Map<String, Object> settings = settings();
    settings.remove(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG);
    settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, CALL_LIMIT.toMillis());
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) CALL_LIMIT.toMillis());
    return settings;
  }
}
