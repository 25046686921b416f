package io.byssus.dispatcher;

import io.byssus.clustermap.ClusterImage;
import io.byssus.clustermap.replicas.ReplicaWatcherHost;
import io.byssus.clustermap.replicas.ServerChannels;
import io.byssus.process.HostPort;
import io.byssus.process.Readiness;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.wal.LogHost;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does with every new map what it asks for, and tells whether the dispatcher can serve by it. */
final class MapFollower {
  private static final Logger log = LoggerFactory.getLogger(MapFollower.class);

  private final Supplier<ClusterImage> map;
  private final LogHost logHost;
  private final ServerChannels channels;
  private final ReplicaWatcherHost watchers;
  private final Readiness readiness;
  private final List<HostPort> controlPlane;
  private String lastFailure = "";

  MapFollower(
      Supplier<ClusterImage> map,
      LogHost logHost,
      ServerChannels channels,
      ReplicaWatcherHost watchers,
      Readiness readiness,
      List<HostPort> controlPlane) {
    this.map = map;
    this.logHost = logHost;
    this.channels = channels;
    this.watchers = watchers;
    this.readiness = readiness;
    this.controlPlane = controlPlane;
  }

  /** Follows the newest map. Must not run twice at a time; repeating it does no harm. */
  void follow() {
    try {
      follow(map.get());
    } catch (RuntimeException e) {
      // The next round must come.
      log.error("A map could not be followed", e);
    }
  }

  private void follow(ClusterImage image) {
    watchers.follow(image);
    channels.follow(image);
    openLog(image);
    Optional<String> missing = missing(image);
    if (missing.isPresent()) {
      readiness.waitingFor(missing.get());
    } else {
      readiness.ready();
    }
  }

  private void openLog(ClusterImage image) {
    try {
      image.cluster().ifPresent(logHost::follow);
      lastFailure = "";
    } catch (RuntimeException e) {
      // Such as an address of Kafka that cannot be looked up now. Tried again with the next round.
      if (!e.toString().equals(lastFailure)) {
        log.warn("The log cannot be opened", e);
      }
      lastFailure = e.toString();
    }
  }

  private Optional<String> missing(ClusterImage image) {
    if (image.cluster().isEmpty()) {
      return Optional.of(
          image.revision() == 0
              ? "the control plane at " + controlPlane
              : "the cluster to be initialised (byssus admin init)");
    }
    if (!image.logReady()) {
      return Optional.of("the control plane to create the log");
    }
    if (image.shards().isEmpty()) {
      return Optional.of("the first placement: " + serversUp(image));
    }
    if (!logHost.open()) {
      return Optional.of("the log to be opened: " + lastFailure);
    }
    return logHost.lookedAt().isDone()
        ? Optional.empty()
        : Optional.of("the first look at the log");
  }

  private static String serversUp(ClusterImage image) {
    long up =
        image.nodes().stream()
            .filter(node -> node.getRole() == NodeRole.SERVER && node.getUp())
            .count();
    int expected = image.cluster().map(Cluster::getExpectedServers).orElse(0);
    return up + " of " + expected + " servers are up";
  }
}
