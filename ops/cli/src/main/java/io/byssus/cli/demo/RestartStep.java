package io.byssus.cli.demo;

import io.byssus.client.AdminClient;
import io.byssus.client.Session;
import io.byssus.client.admin.ReplicaDescription;
import io.byssus.client.admin.ShardDescription;
import io.byssus.cluster.ClusterProcesses;
import io.byssus.cluster.ReplicaComparison;
import io.byssus.cluster.ServerView;
import io.byssus.model.Position;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts the killed server again, waits until it has caught up, and compares all replicas. */
final class RestartStep {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final DemoScreen screen;
  private final Summary summary;
  private final ClusterProcesses cluster;

  RestartStep(DemoScreen screen, Summary summary, ClusterProcesses cluster) {
    this.screen = screen;
    this.summary = summary;
    this.cluster = cluster;
  }

  /**
   * Starts it, and waits until it itself says that it has applied everything that the session has
   * written or seen.
   */
  void restart(String server, AdminClient admin, Session session)
      throws IOException, InterruptedException {
    Map<Integer, Long> positions = new HashMap<>();
    for (ShardDescription shard : admin.listShards()) {
      if (shard.replicas().stream().anyMatch(replica -> replica.nodeId().equals(server))) {
        positions.put(shard.shard(), position(session, shard.shard()));
      }
    }
    if (positions.isEmpty()) {
      throw new CheckFailed(server + " held no replica: its death showed nothing");
    }
    long begin = System.nanoTime();
    cluster.start(server);
    try (ServerView view = new ServerView(cluster.address(server))) {
      view.awaitCaughtUp(positions, LIMIT);
    }
    cluster.awaitServing(server, LIMIT);
    long nanos = System.nanoTime() - begin;
    summary.measured(server + ", from restart to caught up", nanos);
    screen.line(
        String.format(
            "%s has caught up with %d shards after %s",
            server, positions.size(), DemoScreen.seconds(nanos)));
  }

  /**
   * Compares the replicas of every shard, record by record.
   *
   * @param least how many records there must be at least: those acknowledged
   * @param most how many there may be: those that were ever issued
   */
  void compareReplicas(AdminClient admin, Session session, long least, long most) {
    Map<String, ServerView> views = new HashMap<>();
    ReplicaComparison comparison = new ReplicaComparison();
    Differences differences = new Differences();
    List<ShardDescription> shards = admin.listShards();
    try {
      for (ShardDescription shard : shards) {
        compare(shard, session, views, comparison)
            .ifPresent(found -> differences.add("shard " + shard.shard() + ": " + found));
      }
    } finally {
      views.values().forEach(ServerView::close);
    }
    differences.mustBeNone("the replicas of every shard are equal");
    if (comparison.records() < least || comparison.records() > most) {
      throw new CheckFailed(
          String.format(
              "replicas hold %,d records; %,d were acknowledged and %,d issued",
              comparison.records(), least, most));
    }
    summary.checked("records equal on all their replicas", comparison.records());
    screen.line(
        String.format(
            "%,d records in %d shards are equal on all replicas",
            comparison.records(), shards.size()));
  }

  private Optional<String> compare(
      ShardDescription shard,
      Session session,
      Map<String, ServerView> views,
      ReplicaComparison comparison) {
    List<String> holders = shard.replicas().stream().map(ReplicaDescription::nodeId).toList();
    if (holders.size() != 2) {
      return Optional.of("is on " + holders + ", not on two servers");
    }
    long position = position(session, shard.shard());
    List<ServerView> both =
        holders.stream()
            .map(node -> views.computeIfAbsent(node, n -> new ServerView(cluster.address(n))))
            .toList();
    return comparison.difference(
        both.get(0).dump(shard.shard(), position, LIMIT),
        both.get(1).dump(shard.shard(), position, LIMIT));
  }

  private static long position(Session session, int shard) {
    return session.position(shard).map(Position::packed).orElse(Position.NONE);
  }
}
