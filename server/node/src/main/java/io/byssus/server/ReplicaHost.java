package io.byssus.server;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.LogIdentity;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ReplicaReport;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.storage.NodeStorage;
import io.byssus.storage.Shard;
import io.byssus.storage.ShardIdentity;
import io.byssus.wal.HaltReason;
import io.byssus.wal.ReplayHaltedException;
import io.byssus.wal.Replayer;
import io.byssus.wal.WalConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens and closes replicas as the cluster map says. Follows one map at a time, on the caller's
 * thread.
 *
 * <p>A replica that is assigned elsewhere is closed and its data stays: the log goes on from where
 * it stands should it come back.
 */
final class ReplicaHost implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ReplicaHost.class);

  private final String nodeId;
  private final String instanceId;
  private final Path shards;
  private final NodeStorage storage;
  private final WalConfig kafka;
  private final int applyThreads;
  private final ReplicaMetrics metrics;
  private final Map<Integer, Replica> replicas = new ConcurrentSkipListMap<>();
  private LogIdentity identity;
  private Replayer replayer;
  private volatile boolean closed;

  ReplicaHost(
      String nodeId,
      String instanceId,
      Path shards,
      NodeStorage storage,
      WalConfig kafka,
      int applyThreads,
      ReplicaMetrics metrics) {
    this.nodeId = nodeId;
    this.instanceId = instanceId;
    this.shards = shards;
    this.storage = storage;
    this.kafka = kafka;
    this.applyThreads = applyThreads;
    this.metrics = metrics;
  }

  /** Brings the replicas in line with a map. */
  synchronized void follow(ClusterImage map) {
    if (closed || !map.logReady()) {
      return;
    }
    Cluster cluster = map.cluster().orElseThrow();
    if (replayer == null) {
      identity = cluster.getLog();
      replayer = new Replayer(kafka, identity, cluster.getShardCount(), applyThreads);
    } else if (!identity.equals(cluster.getLog())) {
      throw new IllegalStateException(
          "the cluster's log changed from "
              + identity.getTopicId()
              + " to "
              + cluster.getLog().getTopicId()
              + "; restart this server");
    }
    Map<Integer, ShardAssignment> mine = assignments(map);
    List.copyOf(replicas.keySet()).stream()
        .filter(number -> !mine.containsKey(number))
        .forEach(this::drop);
    mine.forEach((number, assignment) -> hold(number, assignment, cluster));
  }

  /** What the map gives to this very node: another that has taken its id holds the replicas now. */
  private Map<Integer, ShardAssignment> assignments(ClusterImage map) {
    Map<Integer, ShardAssignment> mine = new TreeMap<>();
    if (!map.node(nodeId).map(Node::getInstanceId).orElse("").equals(instanceId)) {
      return mine;
    }
    for (ShardAssignment shard : map.shards()) {
      if (shard.getReplicasList().contains(nodeId)) {
        mine.put(shard.getShard(), shard);
      }
    }
    return mine;
  }

  private void hold(int number, ShardAssignment assignment, Cluster cluster) {
    Replica held = replicas.get(number);
    if (held != null) {
      held.epoch(assignment.getEpoch());
      return;
    }
    Replica replica = new Replica(number, assignment.getEpoch(), System::nanoTime);
    replicas.put(number, replica);
    metrics.add(replica);
    try {
      Path directory = Files.createDirectories(shards.resolve(Integer.toString(number)));
      ShardIdentity expected =
          new ShardIdentity(
              cluster.getClusterId(), identity.getKafkaClusterId(), identity.getTopicId(), number);
      replica.opened(Shard.open(directory, expected, storage));
      replayer.start(replica);
    } catch (ReplayHaltedException e) {
      replica.halted(e.reason(), e.getMessage());
    } catch (IOException | RuntimeException e) {
      log.error("a replica could not be opened: shard={}", number, e);
      replica.halted(HaltReason.STORAGE_FAILED, String.valueOf(e));
    }
  }

  private void drop(int number) {
    log.info("replica is assigned elsewhere and closed; its data stays: shard={}", number);
    end(replicas.get(number));
    replicas.remove(number);
  }

  private void end(Replica replica) {
    replayer.stop(replica.shard()).join();
    metrics.remove(replica);
    replica.close();
  }

  /**
   * A replica, to read from.
   *
   * @throws ByssusException SHARD_NOT_HERE
   */
  Replica replica(int number) {
    Replica replica = replicas.get(number);
    if (replica == null || closed) {
      throw new ByssusException(
          ErrorCode.SHARD_NOT_HERE, "server " + nodeId + " holds no replica of shard " + number);
    }
    return replica;
  }

  /** Whether a shard is held. */
  boolean holds(int shard) {
    return replicas.containsKey(shard);
  }

  /** All replicas, by shard. */
  Collection<Replica> replicas() {
    return replicas.values();
  }

  /** What others are told of the replicas. */
  List<ReplicaReport> reports() {
    List<ReplicaReport> reports = new ArrayList<>();
    for (Replica replica : replicas.values()) {
      try {
        reports.add(replica.report());
      } catch (ByssusException e) {
        // Closed this moment: there is nothing to report of it.
        log.debug("no report: shard={}", replica.shard(), e);
      }
    }
    return reports;
  }

  /** The log's identity, once a map has told it. */
  synchronized Optional<LogIdentity> logIdentity() {
    return Optional.ofNullable(identity);
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (replayer != null) {
      replayer.close();
      replicas.values().forEach(this::end);
    }
  }
}
