package io.byssus.wal;

import io.byssus.proto.internal.v1.LogIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns one thread and one consumer, and feeds shards from their partitions.
 *
 * <p>Partitions are assigned, not subscribed: which shards a node holds is the control plane's
 * word. A shard whose queue is full is paused, so that a slow shard costs its own queue and nothing
 * else. A read starts with the leader epoch of the last record applied, so that a log with another
 * history is noticed and not followed. When another Kafka cluster answers, nothing that was fetched
 * since is delivered: see {@link ClusterIdGuard}.
 */
final class ReplayLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ReplayLoop.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int CORRUPT_FETCHES_BEFORE_HALT = 3;

  private final String name;
  private final String topic;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final BooleanSupplier logIsOurs;
  private final Consumer<String> foreign;
  private final Consumer<ShardFeed> whenCaughtUp;
  private final LinkedBlockingQueue<Runnable> commands = new LinkedBlockingQueue<>();
  private final Map<TopicPartition, ShardFeed> feeds = new HashMap<>();
  private final Thread thread;
  private final Map<TopicPartition, Integer> corruptFetches = new HashMap<>();
  private volatile boolean metForeign;
  private volatile String brokenDown;
  private volatile boolean closed;

  /**
   * A loop that runs at once.
   *
   * @param logIsOurs nothing is fetched while this is false
   * @param foreign is told of another Kafka cluster's id; from then on {@code logIsOurs} must be
   *     false until the log was looked at anew
   * @param whenCaughtUp told of a feed that is near the log's end, after it was taken out of this
   *     loop; null to keep feeds
   */
  ReplayLoop(
      String name,
      WalConfig config,
      LogIdentity identity,
      BooleanSupplier logIsOurs,
      Consumer<String> foreign,
      Consumer<ShardFeed> whenCaughtUp) {
    this.name = name;
    this.topic = identity.getTopic();
    this.logIsOurs = logIsOurs;
    this.foreign = foreign;
    this.whenCaughtUp = whenCaughtUp;
    this.consumer =
        new KafkaConsumer<>(
            config.with(settings(name)),
            new ByteArrayDeserializer(),
            new ClusterIdGuard(identity.getKafkaClusterId(), this::metForeign));
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static Map<String, Object> settings(String name) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("client.id", "byssus-" + name);
    settings.put("auto.offset.reset", "none");
    settings.put("enable.auto.commit", false);
    settings.put("allow.auto.create.topics", false);
    settings.put("isolation.level", "read_uncommitted");
    settings.put("check.crcs", true);
    settings.put("max.poll.records", 10_000);
    settings.put("fetch.max.wait.ms", 250);
    settings.put("fetch.max.bytes", 16 * 1024 * 1024);
    settings.put("max.partition.fetch.bytes", 2 * 1024 * 1024);
    settings.put("receive.buffer.bytes", 1024 * 1024);
    settings.put("default.api.timeout.ms", 5_000);
    settings.put("request.timeout.ms", 5_000);
    return settings;
  }

  /** Reads a shard from where its feed stands. */
  void add(ShardFeed feed) {
    command(
        () -> {
          TopicPartition partition = new TopicPartition(topic, feed.target().shard());
          feed.onDrained(consumer::wakeup);
          feeds.put(partition, feed);
          consumer.assign(feeds.keySet());
          seek(partition, feed);
        });
    if (brokenDown != null) {
      feed.halt(HaltReason.APPLY_FAILED, brokenDown);
    }
  }

  /** Stops reading a shard; where this loop does not read it, does nothing. */
  void remove(ShardFeed feed) {
    command(() -> drop(new TopicPartition(topic, feed.target().shard()), feed));
  }

  private void drop(TopicPartition partition, ShardFeed feed) {
    if (feeds.remove(partition, feed)) {
      consumer.assign(feeds.keySet());
    }
  }

  private void command(Runnable command) {
    commands.add(command);
    consumer.wakeup();
  }

  private void run() {
    try {
      while (!closed) {
        step();
      }
    } catch (RuntimeException | Error e) {
      if (!closed) {
        log.error("{} broke down; its replicas halt", name, e);
        brokenDown = "the replay loop broke down: " + e;
        // Feeds that are still to be added see the sentence above, or are among these.
        commands.forEach(Runnable::run);
        List.copyOf(feeds.values()).forEach(feed -> feed.halt(HaltReason.APPLY_FAILED, brokenDown));
      }
    } finally {
      consumer.close();
    }
  }

  private void step() {
    try {
      for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
        command.run();
      }
      feeds.values().stream().filter(ShardFeed::over).toList().forEach(this::forget);
      if (feeds.isEmpty() || !logIsOurs.getAsBoolean()) {
        awaitCommand();
        return;
      }
      if (metForeign) {
        metForeign = false;
        startAnew();
      }
      pauseAndResume();
      ConsumerRecords<byte[], byte[]> records = poll();
      if (metForeign) {
        return;
      }
      deliver(records);
      if (whenCaughtUp != null) {
        passOnCaughtUp();
      }
    } catch (WakeupException e) {
      // Somebody has a command, or a paused shard has room again.
    } catch (LogTruncationException e) {
      e.divergentOffsets()
          .forEach(
              (partition, divergence) ->
                  halt(
                      partition,
                      HaltReason.EPOCH_CONTRADICTED,
                      "the log's history differs from what was applied, from offset "
                          + divergence.offset()
                          + " on"));
      // Partitions whose divergence is unknown are named only by the offsets they stood at.
      haltMissing(e.offsetOutOfRangePartitions());
    } catch (OffsetOutOfRangeException e) {
      haltMissing(e.offsetOutOfRangePartitions());
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      fetchFailed(e);
    }
  }

  private ConsumerRecords<byte[], byte[]> poll() {
    try {
      return consumer.poll(POLL);
    } catch (OffsetOutOfRangeException e) {
      if (metForeign) {
        // Another cluster's log lacks our offsets, or has another history: no wonder.
        return ConsumerRecords.empty();
      }
      throw e;
    }
  }

  private void metForeign(String clusterId) {
    metForeign = true;
    foreign.accept(clusterId);
  }

  /** Drops all that the consumer has fetched ahead: some of it may be another cluster's. */
  private void startAnew() {
    consumer.unsubscribe();
    consumer.assign(feeds.keySet());
    feeds.forEach(this::seek);
  }

  private void forget(ShardFeed feed) {
    drop(new TopicPartition(topic, feed.target().shard()), feed);
  }

  private void awaitCommand() {
    try {
      Runnable command = commands.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
      if (command != null) {
        command.run();
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private void pauseAndResume() {
    Set<TopicPartition> paused = consumer.paused();
    List<TopicPartition> pause = new ArrayList<>();
    List<TopicPartition> resume = new ArrayList<>();
    feeds.forEach(
        (partition, feed) -> {
          boolean full = feed.full();
          if (full && !paused.contains(partition)) {
            pause.add(partition);
          } else if (!full && paused.contains(partition)) {
            resume.add(partition);
          }
        });
    consumer.pause(pause);
    consumer.resume(resume);
  }

  private void deliver(ConsumerRecords<byte[], byte[]> records) {
    for (TopicPartition partition : records.partitions()) {
      corruptFetches.remove(partition);
      ShardFeed feed = feeds.get(partition);
      if (feed == null) {
        continue;
      }
      List<ConsumerRecord<byte[], byte[]>> fetched = records.records(partition);
      List<LogEntry> entries = new ArrayList<>(fetched.size());
      for (ConsumerRecord<byte[], byte[]> record : fetched) {
        entries.add(
            new LogEntry(
                record.offset(),
                record.leaderEpoch().orElse(-1),
                record.timestamp(),
                record.value()));
      }
      feed.offer(entries);
    }
  }

  private void passOnCaughtUp() {
    for (Map.Entry<TopicPartition, ShardFeed> entry : List.copyOf(feeds.entrySet())) {
      TopicPartition partition = entry.getKey();
      ShardFeed feed = entry.getValue();
      if (!feed.full() && consumer.currentLag(partition).orElse(Long.MAX_VALUE) == 0) {
        feeds.remove(partition);
        consumer.assign(feeds.keySet());
        whenCaughtUp.accept(feed);
      }
    }
  }

  private void haltMissing(Map<TopicPartition, Long> missing) {
    missing.forEach(
        (partition, offset) ->
            halt(
                partition,
                HaltReason.NEXT_OFFSET_GONE,
                "the log does not hold offset " + offset + ", which must come next"));
  }

  private void halt(TopicPartition partition, HaltReason reason, String message) {
    ShardFeed feed = feeds.get(partition);
    if (feed != null) {
      log.error("replay halted: shard={} reason={}: {}", partition.partition(), reason, message);
      drop(partition, feed);
      feed.halt(reason, message);
    }
  }

  /**
   * A fetch that fails is tried again, and where the log's content is at fault it is fetched again
   * from the broker; the third time the replica halts.
   */
  private void fetchFailed(KafkaException failure) {
    Optional<TopicPartition> corrupt = CorruptRecords.partition(failure, feeds.keySet());
    if (corrupt.isPresent()) {
      TopicPartition partition = corrupt.get();
      if (corruptFetches.merge(partition, 1, Integer::sum) >= CORRUPT_FETCHES_BEFORE_HALT) {
        corruptFetches.remove(partition);
        halt(partition, HaltReason.LOG_CORRUPT, failure.getMessage());
        return;
      }
      seek(partition, feeds.get(partition));
    }
    log.warn("{} could not fetch and tries again: {}", name, failure.toString());
    awaitCommand();
  }

  private void seek(TopicPartition partition, ShardFeed feed) {
    int epoch = feed.lastEpoch();
    consumer.seek(
        partition,
        new OffsetAndMetadata(
            feed.nextOffset(), epoch < 0 ? Optional.empty() : Optional.of(epoch), ""));
  }

  @Override
  public void close() {
    closed = true;
    consumer.wakeup();
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
