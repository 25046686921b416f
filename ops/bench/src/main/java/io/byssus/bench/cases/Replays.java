package io.byssus.bench.cases;

import io.byssus.bench.ceilings.BareLog;
import io.byssus.bench.ceilings.BareProducer;
import io.byssus.bench.ceilings.BareReplay;
import io.byssus.bench.engine.BenchCase;
import io.byssus.bench.engine.BenchCase.Ceiling;
import io.byssus.bench.engine.Conduct;
import io.byssus.bench.engine.Contender;
import io.byssus.bench.engine.Running;
import io.byssus.bench.engine.Target;
import io.byssus.bench.load.Backlog;
import io.byssus.bench.load.Records;
import io.byssus.bench.stage.Stage;
import io.byssus.cluster.ThrowAwayFolder;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.LogIdentity;
import io.byssus.server.DetachedReplicas;
import io.byssus.server.ServerConfig;
import io.byssus.storage.StorageConfig;
import io.byssus.wal.WalConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A backlog replayed from its first record to its last by what a server replays with, against the
 * same records polled and put into the same number of databases by no more code than that takes.
 *
 * <p>Both run in this JVM, on empty folders, and are measured as a whole and alike: from when
 * nothing is open, neither a client of Kafka nor a database, until the last record is applied. A
 * round is one such replay, however long a turn is to be.
 *
 * <p>The subject's log holds what a dispatcher writes: 16-byte keys and 100-byte values in log
 * records of their own, with stamp and times. The ceiling's holds the same keys and values as
 * Kafka's keys and values and nothing else, so that it reads fewer bytes and decodes none: an
 * envelope is what a log of Byssus costs, and counts.
 */
final class Replays {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final int MOST_WARM_UPS = 1;
  private static final int ONE_IN = 2;
  private static final String CLUSTER = "bench";

  private final Stage stage;
  private final Records records;

  private Replays(Stage stage) {
    this.stage = stage;
    this.records = new Records(stage.extent().backlog(), stage.records().valueBytes());
  }

  static List<BenchCase> on(Stage stage) {
    Replays replays = new Replays(stage);
    return List.of(
        new BenchCase(
            "replay",
            String.format(
                Locale.ROOT, "replay of a backlog of %,d records", replays.records.count()),
            "records/s",
            new Contender("replay by a server's replicas", replays::replicas),
            List.of(
                new Ceiling(
                    new Contender("bare poll and apply of a backlog", replays::bare),
                    Target.atLeast(0.70))),
            new Conduct(MOST_WARM_UPS, ONE_IN, false)));
  }

  /** A replay of all records into a folder that is empty. */
  private interface Replay {
    /** Tells how long it took. */
    Duration into(Path folder) throws Exception;
  }

  private Running timed(Replay replay) throws Exception {
    Path folders = Files.createDirectories(stage.newFolder("replays"));
    return length -> {
      try (ThrowAwayFolder folder = ThrowAwayFolder.create(folders, "replay-")) {
        return records.count() / (replay.into(folder.path()).toNanos() / 1e9);
      }
    };
  }

  private Running bare() throws Exception {
    BareLog log = stage.newLog("bench-bare-backlog");
    stage.tell("writing the bare backlog");
    try (BareProducer producer = new BareProducer(log)) {
      producer.send(records.count(), records::key, records::value);
    }
    return timed(
        folder -> {
          long begin = System.nanoTime();
          try (BareReplay replay =
              new BareReplay(
                  log,
                  records.count(),
                  folder.resolve("databases"),
                  stage.cacheBytes(),
                  stage.memtableBytes())) {
            replay.runThrough();
            return Duration.ofNanos(System.nanoTime() - begin);
          }
        });
  }

  private Running replicas() throws Exception {
    BareLog log = stage.newLog("bench-backlog");
    Backlog backlog = new Backlog(records, log.partitions(), CLUSTER, Clock.systemUTC());
    stage.tell("writing the backlog");
    try (BareProducer producer = new BareProducer(log)) {
      producer.send(backlog.size(), number -> null, backlog::bytes);
    }
    Map<Integer, Long> ends = new HashMap<>();
    for (int shard = 0; shard < log.partitions(); shard++) {
      ends.put(shard, backlog.lastOffset(shard));
    }
    return timed(folder -> replay(log, ends, folder));
  }

  private Duration replay(BareLog log, Map<Integer, Long> ends, Path folder) throws Exception {
    long begin = System.nanoTime();
    try (DetachedReplicas replicas =
        DetachedReplicas.start(
            folder.resolve("shards"),
            new WalConfig(log.bootstrap()),
            cluster(log),
            new StorageConfig(
                stage.cacheBytes(),
                stage.memtableBytes(),
                StorageConfig.DEFAULT.flushAfter(),
                StorageConfig.DEFAULT.flushIdleAfter()),
            ServerConfig.USUAL_APPLY_THREADS)) {
      replicas.applied(ends).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      Duration taken = Duration.ofNanos(System.nanoTime() - begin);
      if (replicas.writes() != records.count()) {
        throw new IllegalStateException(
            "of " + records.count() + " writes, " + replicas.writes() + " took effect");
      }
      return taken;
    }
  }

  private static Cluster cluster(BareLog log) {
    return Cluster.newBuilder()
        .setClusterId(CLUSTER)
        .setName(CLUSTER)
        .setShardCount(log.partitions())
        .setReplicationFactor(1)
        .setExpectedServers(1)
        .setLog(
            LogIdentity.newBuilder()
                .setTopic(log.topic())
                .setTopicId(log.topicId())
                .setKafkaClusterId(log.clusterId()))
        .build();
  }
}
