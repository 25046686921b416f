package io.byssus.server;

import io.byssus.clustermap.ClusterImage;
import io.byssus.clustermap.ClusterMapWatcher;
import io.byssus.clustermap.NodeLease;
import io.byssus.process.DataDirectory;
import io.byssus.process.Readiness;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.internal.v1.Node;
import io.byssus.wal.LogHost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the thread that brings the replicas in line with the newest cluster map, and tells whether
 * the server is ready. Looks twice a second, so what fails for a passing reason, such as a Kafka
 * whose name does not resolve yet, is tried again.
 */
final class AssignmentLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AssignmentLoop.class);
  private static final long PERIOD_MILLIS = 500;
  private static final String CLUSTER_STAMP = "cluster-id";

  private final String nodeId;
  private final DataDirectory data;
  private final ClusterMapWatcher map;
  private final NodeLease lease;
  private final LogHost logHost;
  private final ReplicaHost host;
  private final Readiness readiness;
  private final ScheduledExecutorService clock;
  private final AutoCloseable listener;
  private String lastFailure = "";

  /** A loop that runs at once. */
  AssignmentLoop(
      String nodeId,
      DataDirectory data,
      ClusterMapWatcher map,
      NodeLease lease,
      LogHost logHost,
      ReplicaHost host,
      Readiness readiness) {
    this.nodeId = nodeId;
    this.data = data;
    this.map = map;
    this.lease = lease;
    this.logHost = logHost;
    this.host = host;
    this.readiness = readiness;
    this.clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "assignments");
              thread.setDaemon(true);
              return thread;
            });
    clock.scheduleWithFixedDelay(this::step, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    this.listener = map.listen(image -> clock.execute(this::step));
  }

  /** The cluster that a data directory belongs to; empty where it has not been in one yet. */
  static String clusterOf(DataDirectory data) throws IOException {
    return data.read(CLUSTER_STAMP).map(id -> new String(id, StandardCharsets.UTF_8)).orElse("");
  }

  private void step() {
    try {
      ClusterImage image = map.current();
      stamp(image);
      image.cluster().ifPresent(logHost::follow);
      host.follow(image);
      tellReadiness(image);
      lastFailure = "";
    } catch (IOException | RuntimeException e) {
      failed(e);
    } catch (Error e) {
      failed(e);
      throw e;
    }
  }

  private void failed(Throwable failure) {
    readiness.waitingFor("its replicas to open: " + failure);
    if (!failure.toString().equals(lastFailure)) {
      log.error("the cluster map cannot be followed; trying on", failure);
      lastFailure = failure.toString();
    }
  }

  /** From the first map on the data belongs to one cluster: a map of another is refused. */
  private void stamp(ClusterImage image) throws IOException {
    if (image.cluster().isPresent() && clusterOf(data).isEmpty()) {
      data.write(CLUSTER_STAMP, image.clusterId().getBytes(StandardCharsets.UTF_8));
    }
  }

  private void tellReadiness(ClusterImage image) {
    if (image.cluster().isEmpty()) {
      readiness.waitingFor("the cluster to be initialised" + refusal());
    } else if (!image.logReady()) {
      readiness.waitingFor("the cluster's log");
    } else if (!isOurs(image.node(nodeId))) {
      readiness.waitingFor("the control plane to take node " + nodeId + refusal());
    } else if (image.shards().isEmpty()) {
      readiness.waitingFor("the first placement of shards");
    } else if (host.replicas().stream().anyMatch(r -> r.state() == ReplicaState.OPENING)) {
      readiness.waitingFor("its replicas to open");
    } else {
      readiness.ready();
    }
  }

  private boolean isOurs(Optional<Node> node) {
    return node.isPresent() && node.get().getInstanceId().equals(data.instanceId());
  }

  private String refusal() {
    Optional<String> why = lease.refusal().map(Throwable::getMessage).or(map::refusal);
    return why.map(w -> ", which is refused: " + w).orElse("");
  }

  @Override
  public void close() throws Exception {
    listener.close();
    clock.shutdown();
    clock.awaitTermination(30, TimeUnit.SECONDS);
  }
}
