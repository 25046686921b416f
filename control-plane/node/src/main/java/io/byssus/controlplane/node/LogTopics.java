package io.byssus.controlplane.node;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Limits;
import io.byssus.proto.internal.v1.Cluster;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The cluster's two topics: creates them, sets them, and waits until they can be used. */
final class LogTopics {
  // The dead-letter topic carries a record of the log with something around it.
  private static final int DEAD_LETTER_MARGIN_BYTES = 256 * 1024;

  private static final int KNOWN_ATTEMPTS = 100;
  private static final int KNOWN_PAUSE_MILLIS = 50;

  private final Admin admin;
  private final Cluster cluster;

  LogTopics(Admin admin, Cluster cluster) {
    this.admin = admin;
    this.cluster = cluster;
  }

  static String wal(Cluster cluster) {
    return cluster.getName() + ".wal";
  }

  static String deadLetter(Cluster cluster) {
    return cluster.getName() + ".wal.dead-letter";
  }

  /**
   * The log's topic, if it is there; changes nothing.
   *
   * @throws ByssusException {@link ErrorCode#LOG_REFUSED} where it has another number of partitions
   */
  Optional<TopicDescription> find() throws ExecutionException, InterruptedException {
    Optional<TopicDescription> log = describe(wal(cluster));
    log.ifPresent(this::checkPartitions);
    return log;
  }

  /**
   * Makes sure that the log's topic exists with its settings. One that exists must have been looked
   * at before: somebody else's would be changed.
   *
   * @throws ByssusException {@link ErrorCode#LOG_REFUSED} where it has another number of partitions
   */
  TopicDescription ensureLog() throws ExecutionException, InterruptedException {
    TopicDescription log =
        ensure(wal(cluster), cluster.getShardCount(), Limits.MAX_LOG_RECORD_BYTES);
    checkPartitions(log);
    return log;
  }

  /** Makes sure that the dead-letter topic exists with its settings. */
  void ensureDeadLetter() throws ExecutionException, InterruptedException {
    ensure(deadLetter(cluster), 1, Limits.MAX_LOG_RECORD_BYTES + DEAD_LETTER_MARGIN_BYTES);
  }

  private void checkPartitions(TopicDescription log) {
    if (log.partitions().size() != cluster.getShardCount()) {
      throw new ByssusException(
          ErrorCode.LOG_REFUSED,
          "topic "
              + log.name()
              + " exists with "
              + log.partitions().size()
              + " partitions; the cluster has "
              + cluster.getShardCount()
              + " shards");
    }
  }

  private TopicDescription ensure(String topic, int partitions, int maxBytes)
      throws ExecutionException, InterruptedException {
    Optional<TopicDescription> present = describe(topic);
    if (present.isPresent()) {
      // A former attempt may have been cut short, or somebody created it by hand.
      set(topic, maxBytes);
      return present.get();
    }
    int factor = cluster.getLogReplicationFactor();
    NewTopic wanted =
        new NewTopic(
            topic,
            Optional.of(partitions),
            factor == 0 ? Optional.empty() : Optional.of((short) factor));
    try {
      admin.createTopics(List.of(wanted.configs(settings(maxBytes)))).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
    return awaitKnown(topic);
  }

  /** A broker knows a little later than the controller what was created. */
  private TopicDescription awaitKnown(String topic)
      throws ExecutionException, InterruptedException {
    for (int i = 0; i < KNOWN_ATTEMPTS; i++) {
      Optional<TopicDescription> known = describe(topic);
      if (known.isPresent()) {
        return known.get();
      }
      TimeUnit.MILLISECONDS.sleep(KNOWN_PAUSE_MILLIS);
    }
    throw new ByssusException(
        ErrorCode.LOG_UNAVAILABLE, "topic " + topic + " was created and is still not known");
  }

  private Optional<TopicDescription> describe(String topic)
      throws ExecutionException, InterruptedException {
    try {
      return Optional.of(admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void set(String topic, int maxBytes) throws ExecutionException, InterruptedException {
    List<AlterConfigOp> changes = new ArrayList<>();
    settings(maxBytes)
        .forEach(
            (name, value) ->
                changes.add(
                    new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)));
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    admin.incrementalAlterConfigs(Map.of(resource, changes)).all().get();
  }

  private Map<String, String> settings(int maxBytes) {
    Map<String, String> settings = new HashMap<>();
    settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
    settings.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
    settings.put(TopicConfig.RETENTION_MS_CONFIG, "-1");
    settings.put(TopicConfig.RETENTION_BYTES_CONFIG, "-1");
    // Replicas read at the log's end, where batches may be small: from the place that the index
    // names, a broker walks batch by batch to the offset asked for, one read of the file each.
    settings.put(TopicConfig.INDEX_INTERVAL_BYTES_CONFIG, "512");
    settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(maxBytes));
    settings.put(TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG, "false");
    int factor = cluster.getLogReplicationFactor();
    if (factor != 0) {
      // With three copies two must have a record before it is acknowledged; with fewer, one copy
      // that is away would stop all writes.
      settings.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, factor >= 3 ? "2" : "1");
    }
    return settings;
  }

  /**
   * The first and next offset of every partition of the log, once every partition answers: brokers
   * host the partitions of a fresh topic only some time after its creation was answered, and a
   * producer's first batches fail for good until then (KAFKA-15591).
   */
  Map<TopicPartition, OffsetRange> awaitOffsets() throws ExecutionException, InterruptedException {
    List<TopicPartition> partitions =
        IntStream.range(0, cluster.getShardCount())
            .mapToObj(shard -> new TopicPartition(wal(cluster), shard))
            .toList();
    var starts = offsets(partitions, OffsetSpec.earliest());
    var ends = offsets(partitions, OffsetSpec.latest());
    Map<TopicPartition, OffsetRange> ranges = new HashMap<>();
    partitions.forEach(p -> ranges.put(p, new OffsetRange(starts.get(p), ends.get(p))));
    return ranges;
  }

  /** What a partition holds: from the first offset to before the next one. */
  record OffsetRange(long start, long end) {
    boolean wasNeverWritten() {
      return end == 0;
    }
  }

  private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions, OffsetSpec spec)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    partitions.forEach(p -> asked.put(p, spec));
    // The client asks again until all have answered or its own time limit passes.
    Map<TopicPartition, Long> offsets = new HashMap<>();
    admin.listOffsets(asked).all().get().forEach((p, info) -> offsets.put(p, info.offset()));
    return offsets;
  }
}
