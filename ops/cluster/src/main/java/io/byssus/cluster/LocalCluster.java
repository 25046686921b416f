package io.byssus.cluster;

import io.byssus.clustermap.ClusterImage;
import io.byssus.clustermap.ClusterMapWatcher;
import io.byssus.clustermap.ControlPlaneClient;
import io.byssus.controlplane.node.ControlPlaneConfig;
import io.byssus.controlplane.node.ControlPlaneNode;
import io.byssus.dispatcher.DispatcherConfig;
import io.byssus.dispatcher.DispatcherNode;
import io.byssus.kafka.EmbeddedKafka;
import io.byssus.process.ConfigReader;
import io.byssus.process.DataDirectory;
import io.byssus.process.ProcessLifecycle;
import io.byssus.process.Readiness;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.InitClusterRequest;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.server.ServerConfig;
import io.byssus.server.ServerNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A whole cluster in this JVM, on one data directory that stays: Kafka, one control-plane member,
 * servers and a dispatcher, all on loopback. For {@code byssus local} and for tests that kill
 * nothing.
 *
 * <p>The first start initialises the cluster. A start on the same directory has everything that was
 * acknowledged, however the last one ended. One JVM at a time may use a directory.
 */
public final class LocalCluster implements AutoCloseable {
  private static final Duration INIT_LIMIT = Duration.ofSeconds(60);
  private static final Duration READY_LIMIT = Duration.ofMinutes(5);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Map<String, Object> SMALL_STORAGE =
      Map.of("storage", Map.of("block-cache", "32MiB", "memtables", "32MiB"));

  private final ProcessLifecycle parts = new ProcessLifecycle(new Readiness());
  private final List<ClusterNode> nodes = new ArrayList<>();
  private String endpoint;

  private LocalCluster() {}

  /**
   * Starts a cluster; returns when it can be used and every replica has caught up with the log.
   *
   * @throws io.byssus.process.DirectoryInUseException where another process has the directory
   * @throws IOException where the directory cannot be used or the port is taken
   * @throws ClusterFailure where what is asked does not go with the data, a replica has halted, or
   *     the cluster does not become ready
   */
  public static LocalCluster start(LocalClusterConfig config)
      throws IOException, InterruptedException {
    LocalCluster cluster = new LocalCluster();
    try {
      cluster.startParts(config);
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** Where the dispatcher takes calls: host:port. */
  public String endpoint() {
    return endpoint;
  }

  /** Where the nodes of a role take calls: host:port each. */
  public List<String> addresses(NodeRole role) {
    return nodes.stream().filter(node -> node.role() == role).map(ClusterNode::address).toList();
  }

  /** Where the nodes of a role serve their metrics: host:port each. */
  public List<String> metricsAddresses(NodeRole role) {
    return nodes.stream()
        .filter(node -> node.role() == role)
        .map(ClusterNode::metricsAddress)
        .toList();
  }

  /** Stops all parts in good order, the dispatcher first and Kafka last. */
  @Override
  public void close() {
    parts.stop();
  }

  private void startParts(LocalClusterConfig config) throws IOException, InterruptedException {
    DataDirectory directory =
        parts.closeAtStop("data directory", DataDirectory.open(config.data()));
    FreePorts ports = parts.closeAtStop("ports", new FreePorts(new SplittableRandom()));
    LocalShape shape = LocalShape.settle(directory, config, ports);
    refuseTaken(config.port(), "choose another");
    refuseTaken(shape.raftPort(), "it belongs to the cluster in " + config.data());
    refuseTaken(shape.controlPlanePort(), "it belongs to the cluster in " + config.data());

    EmbeddedKafka kafka =
        parts.closeAtStop("kafka", EmbeddedKafka.start(config.data().resolve("kafka")));
    place(config, shape, ports, kafka.port());
    parts.closeAtStop(
        "control plane",
        ControlPlaneNode.start(
            ConfigReader.read(
                file(NodeRole.CONTROL_PLANE, 1, Map.of()), ControlPlaneConfig::read)));
    for (int number = 1; number <= shape.servers(); number++) {
      Path file = file(NodeRole.SERVER, number, SMALL_STORAGE);
      parts.closeAtStop(
          "server " + number, ServerNode.start(ConfigReader.read(file, ServerConfig::read)));
    }
    DispatcherNode dispatcher =
        parts.closeAtStop(
            "dispatcher",
            DispatcherNode.start(DispatcherConfig.read(file(NodeRole.DISPATCHER, 1, Map.of()))));
    endpoint = dispatcher.address().toString();
    init(shape);
    awaitReady();
  }

  private static void refuseTaken(int port, String hint) throws IOException {
    if (port != 0 && !FreePorts.isFree(port)) {
      throw new IOException("port " + port + " is taken by another process; " + hint);
    }
  }

  private void place(LocalClusterConfig config, LocalShape shape, FreePorts ports, int kafkaPort) {
    Path data = config.data();
    nodes.add(new ClusterNode("kafka", NodeRole.KAFKA, kafkaPort, 0, 0, data.resolve("kafka")));
    nodes.add(
        new ClusterNode(
            name(NodeRole.CONTROL_PLANE, 1),
            NodeRole.CONTROL_PLANE,
            shape.controlPlanePort(),
            ports.next(),
            shape.raftPort(),
            data.resolve(name(NodeRole.CONTROL_PLANE, 1))));
    for (int number = 1; number <= shape.servers(); number++) {
      nodes.add(ClusterNode.place(name(NodeRole.SERVER, number), NodeRole.SERVER, data, ports));
    }
    String dispatcher = name(NodeRole.DISPATCHER, 1);
    nodes.add(
        new ClusterNode(
            dispatcher,
            NodeRole.DISPATCHER,
            config.port() == 0 ? ports.next() : config.port(),
            ports.next(),
            0,
            data.resolve(dispatcher)));
  }

  /** Writes the configuration of a node, and tells where. */
  private Path file(NodeRole role, int number, Map<String, Object> more) throws IOException {
    ClusterNode node =
        nodes.stream().filter(n -> n.name().equals(name(role, number))).findFirst().orElseThrow();
    Files.createDirectories(node.data());
    return Files.writeString(node.configuration(), NodeSettings.yaml(node, nodes, more));
  }

  private static String name(NodeRole role, int number) {
    return role.command() + "-" + number;
  }

  private void init(LocalShape shape) {
    InitClusterRequest request =
        InitClusterRequest.newBuilder()
            .setClusterName("local")
            .setShardCount(shape.shards())
            .setReplicationFactor(shape.replicationFactor())
            .setExpectedServers(shape.firstServers())
            .setLogReplicationFactor(1)
            .build();
    try (ControlPlaneClient client = new ControlPlaneClient(addresses(NodeRole.CONTROL_PLANE))) {
      client.call(
          INIT_LIMIT, channel -> AdminServiceGrpc.newBlockingStub(channel).initCluster(request));
    }
  }

  private void awaitReady() throws InterruptedException {
    long end = System.nanoTime() + READY_LIMIT.toNanos();
    for (Map.Entry<String, Map<Integer, Long>> server : assignments(end).entrySet()) {
      String address =
          nodes.stream()
              .filter(node -> node.name().equals(server.getKey()))
              .findFirst()
              .orElseThrow()
              .address();
      try (ServerView view = new ServerView(address)) {
        view.awaitCaughtUp(server.getValue(), Duration.ofNanos(end - System.nanoTime()));
      }
    }
    try (HealthProbe dispatcher = new HealthProbe(endpoint)) {
      while (!dispatcher.serving()) {
        if (System.nanoTime() > end) {
          throw new ClusterFailure("the dispatcher does not serve in time");
        }
        TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
      }
    }
  }

  /** Which shards each server is to hold, each to be caught up at any position. */
  private Map<String, Map<Integer, Long>> assignments(long end) throws InterruptedException {
    try (ControlPlaneClient client = new ControlPlaneClient(addresses(NodeRole.CONTROL_PLANE));
        ClusterMapWatcher map = ClusterMapWatcher.start(client, Optional.empty(), "")) {
      ClusterImage placed =
          map.await(image -> !image.shards().isEmpty(), Duration.ofNanos(end - System.nanoTime()))
              .orElseThrow(() -> new ClusterFailure("the shards are not placed in time"));
      Map<String, Map<Integer, Long>> byServer = new HashMap<>();
      for (ShardAssignment shard : placed.shards()) {
        for (String server : shard.getReplicasList()) {
          byServer.computeIfAbsent(server, s -> new HashMap<>()).put(shard.getShard(), 0L);
        }
      }
      return byServer;
    }
  }
}
