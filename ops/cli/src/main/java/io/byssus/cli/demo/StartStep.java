package io.byssus.cli.demo;

import io.byssus.client.AdminClient;
import io.byssus.cluster.ClusterProcesses;
import io.byssus.proto.admin.v1.InitClusterRequest;
import java.io.IOException;
import java.time.Duration;

/** Starts the processes, initialises the cluster and creates the namespaces. */
final class StartStep {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int SHARDS = 16;
  private static final int REPLICAS = 2;

  private final DemoScreen screen;
  private final Summary summary;

  StartStep(DemoScreen screen, Summary summary) {
    this.screen = screen;
    this.summary = summary;
  }

  /** Returns when every process serves. */
  void start(ClusterProcesses cluster, int servers) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    cluster.startAll();
    cluster.init(
        InitClusterRequest.newBuilder()
            .setClusterName("demo")
            .setShardCount(SHARDS)
            .setReplicationFactor(REPLICAS)
            .setExpectedServers(servers)
            .setLogReplicationFactor(1)
            .build(),
        LIMIT);
    cluster.awaitReady(LIMIT);
    long nanos = System.nanoTime() - begin;
    summary.measured(cluster.nodes().size() + " processes, from nothing to ready", nanos);
    screen.line(
        "ready after "
            + DemoScreen.seconds(nanos)
            + ": "
            + SHARDS
            + " shards, each on "
            + REPLICAS
            + " of "
            + servers
            + " servers");
  }

  /** Creates the namespaces. */
  void createNamespaces(AdminClient admin, String... names) {
    for (String name : names) {
      admin.createNamespace(name);
    }
  }
}
