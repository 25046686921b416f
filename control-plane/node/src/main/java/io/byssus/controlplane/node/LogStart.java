package io.byssus.controlplane.node;

import com.google.protobuf.InvalidProtocolBufferException;
import io.byssus.controlplane.node.LogTopics.OffsetRange;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.log.v1.IncarnationStart;
import io.byssus.proto.log.v1.LogRecord;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The first record of every partition of the log: it names the cluster, so that a log is never
 * taken for another's. An empty partition is given one; a partition that begins otherwise is not
 * ours.
 *
 * <p>An attempt that was cut short may have left a record that shows up later; then the next
 * attempt adds a second one of the same incarnation, which readers take for a repeat.
 */
final class LogStart {
  /** The incarnation of a log that was just created. */
  static final int FIRST_INCARNATION = 1;

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration READ_LIMIT = Duration.ofSeconds(20);

  private final Cluster cluster;
  private final Clock clock;
  private final LongSupplier nanos;

  LogStart(Cluster cluster, Clock clock, LongSupplier nanos) {
    this.cluster = cluster;
    this.clock = clock;
    this.nanos = nanos;
  }

  /**
   * Checks the partitions that hold something.
   *
   * @throws ByssusException {@link ErrorCode#LOG_REFUSED} where one does not begin with this
   *     cluster's record; {@link ErrorCode#LOG_UNAVAILABLE} where it could not be read in time
   */
  void checkWritten(Map<TopicPartition, OffsetRange> ranges, Consumer<byte[], byte[]> consumer) {
    Set<TopicPartition> unread = new HashSet<>();
    ranges.forEach(
        (partition, range) -> {
          if (range.start() != 0) {
            throw refused(partition, "begins at offset " + range.start() + ", not at 0");
          }
          if (!range.wasNeverWritten()) {
            unread.add(partition);
          }
        });
    if (unread.isEmpty()) {
      return;
    }
    consumer.assign(unread);
    consumer.seekToBeginning(unread);
    long end = nanos.getAsLong() + READ_LIMIT.toNanos();
    while (!unread.isEmpty()) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        if (unread.remove(partition)) {
          checkFirst(partition, record);
          consumer.pause(List.of(partition));
        }
      }
      if (nanos.getAsLong() - end > 0) {
        throw new ByssusException(
            ErrorCode.LOG_UNAVAILABLE, "the log's first records cannot be read: " + unread);
      }
    }
  }

  private void checkFirst(TopicPartition partition, ConsumerRecord<byte[], byte[]> first) {
    IncarnationStart start;
    try {
      byte[] value = first.value() == null ? new byte[0] : first.value();
      start = LogRecord.parseFrom(value).getIncarnationStart();
    } catch (InvalidProtocolBufferException e) {
      throw refused(partition, "does not begin with a record of Byssus");
    }
    if (first.offset() != 0 || start.getIncarnation() == 0) {
      throw refused(partition, "does not begin with the start of an incarnation");
    }
    if (!start.getClusterId().equals(cluster.getClusterId())
        || start.getIncarnation() != FIRST_INCARNATION) {
      throw refused(
          partition,
          "is incarnation " + start.getIncarnation() + " of cluster " + start.getClusterId());
    }
  }

  private ByssusException refused(TopicPartition partition, String why) {
    return new ByssusException(
        ErrorCode.LOG_REFUSED,
        "partition " + partition + " exists and " + why + "; this is a new cluster");
  }

  /** Begins the partitions that were never written; returns when all records are durable. */
  void beginEmpty(Map<TopicPartition, OffsetRange> ranges, Producer<byte[], byte[]> producer)
      throws ExecutionException, InterruptedException {
    byte[] start =
        LogRecord.newBuilder()
            .setFormatVersion(1)
            .setWriterTimeMs(clock.millis())
            .setIncarnationStart(
                IncarnationStart.newBuilder()
                    .setClusterId(cluster.getClusterId())
                    .setIncarnation(FIRST_INCARNATION))
            .build()
            .toByteArray();
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    ranges.forEach(
        (partition, range) -> {
          if (range.wasNeverWritten()) {
            sent.add(
                producer.send(
                    new ProducerRecord<>(partition.topic(), partition.partition(), null, start)));
          }
        });
    producer.flush();
    for (Future<RecordMetadata> record : sent) {
      record.get();
    }
  }
}
