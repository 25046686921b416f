package io.byssus.systemtests;

import io.byssus.cli.ByssusMain;
import io.byssus.client.ByssusClient;
import io.byssus.client.ByssusClientBuilder;
import io.byssus.cluster.ClusterProcesses;
import io.byssus.cluster.NodeRole;
import io.byssus.cluster.ProcessesConfig;
import io.byssus.clustermap.ControlPlaneClient;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.InitClusterRequest;
import io.byssus.proto.admin.v1.ListNodesRequest;
import io.byssus.proto.admin.v1.ListShardsRequest;
import io.byssus.proto.admin.v1.NodeDescription;
import io.byssus.proto.admin.v1.ShardDescription;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * An initialised cluster of real processes for one test. Where the test fails, the ends of all
 * process logs are printed and the cluster's folder is kept; else nothing is left.
 */
public final class TestCluster implements AutoCloseable {
  /** The WAL's topic. */
  public static final String WAL_TOPIC = "test.wal";

  /** Where undecodable records are copied to. */
  public static final String DEAD_LETTER_TOPIC = "test.wal.dead-letter";

  private static final Duration START_LIMIT = Duration.ofSeconds(120);
  private static final Duration CALL_LIMIT = Duration.ofSeconds(10);
  private static final int TAIL_LINES = 40;

  private final Path directory;
  private final ClusterProcesses processes;
  private final NodeProxies proxies;
  private final ControlPlaneClient controlPlane;
  private final int shards;
  private boolean failed;

  private TestCluster(Path directory, ClusterProcesses processes, NodeProxies proxies, int shards) {
    this.directory = directory;
    this.processes = processes;
    this.proxies = proxies;
    this.controlPlane = new ControlPlaneClient(processes.addresses(NodeRole.CONTROL_PLANE));
    this.shards = shards;
  }

  /** What is done with a cluster. */
  @FunctionalInterface
  public interface Body {
    void on(TestCluster cluster) throws Exception;
  }

  /** Starts a cluster, does something with it, and takes it away. */
  public static void with(String name, int shards, UnaryOperator<ProcessesConfig> shape, Body body)
      throws Exception {
    try (TestCluster cluster = start(name, shards, shape)) {
      try {
        body.on(cluster);
      } catch (Exception | Error e) {
        cluster.failed(e);
        throw e;
      }
    }
  }

  /**
   * Starts a cluster; returns when every process serves.
   *
   * @param name of its folder, below this module's build folder
   * @param shape what it is made of, beginning with 3 control-plane members, 3 servers and 1
   *     dispatcher
   */
  public static TestCluster start(String name, int shards, UnaryOperator<ProcessesConfig> shape)
      throws IOException, InterruptedException {
    Path parent = Files.createDirectories(Path.of("target", "clusters").toAbsolutePath());
    Path directory = Files.createTempDirectory(parent, name + "-");
    ProcessesConfig config =
        shape.apply(ProcessesConfig.usual(directory, ByssusMain.class.getName()));
    ClusterProcesses processes = new ClusterProcesses(config);
    NodeProxies proxies = config.advertisesOtherPorts() ? new NodeProxies(processes) : null;
    TestCluster cluster = new TestCluster(directory, processes, proxies, shards);
    try {
      cluster.processes.startAll();
      cluster.processes.init(
          InitClusterRequest.newBuilder()
              .setClusterName("test")
              .setShardCount(shards)
              .setReplicationFactor(Math.min(2, config.servers()))
              .setExpectedServers(config.servers())
              .setLogReplicationFactor(1)
              .build(),
          START_LIMIT);
      cluster.processes.awaitReady(START_LIMIT);
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException e) {
      cluster.failed(e);
      cluster.close();
      throw e;
    }
  }

  /** Its processes. */
  public ClusterProcesses processes() {
    return processes;
  }

  /**
   * What stands before its nodes.
   *
   * @throws IllegalStateException where it was not shaped {@link
   *     ProcessesConfig#withOtherPortsAdvertised()}
   */
  public NodeProxies proxies() {
    if (proxies == null) {
      throw new IllegalStateException("nothing stands before the nodes of this cluster");
    }
    return proxies;
  }

  /** How many shards it has. */
  public int shards() {
    return shards;
  }

  /** Where its configuration, data and logs are. */
  public Path directory() {
    return directory;
  }

  /** Where Kafka is: host:port. */
  public String kafka() {
    return processes.address("kafka");
  }

  /** Begins a client of all its dispatchers. */
  public ByssusClientBuilder client() {
    return ByssusClient.builder().endpoints(processes.addresses(NodeRole.DISPATCHER));
  }

  /** A client of one dispatcher. */
  public ByssusClient clientOf(String dispatcher) {
    return ByssusClient.connect(processes.address(dispatcher));
  }

  /** Creates a namespace. */
  public void createNamespace(String name) {
    try (ByssusClient client = client().build()) {
      client.admin().createNamespace(name);
    }
  }

  /** The control plane's leader; empty where it names none. */
  public Optional<String> leader() {
    return controlPlane
        .call(
            CALL_LIMIT,
            channel ->
                AdminServiceGrpc.newBlockingStub(channel)
                    .listNodes(ListNodesRequest.getDefaultInstance()))
        .getNodesList()
        .stream()
        .filter(NodeDescription::getLeader)
        .map(NodeDescription::getNodeId)
        .findFirst();
  }

  /** The shards and their replicas, as the control plane knows them. */
  public List<ShardDescription> describeShards() {
    return controlPlane
        .call(
            CALL_LIMIT,
            channel ->
                AdminServiceGrpc.newBlockingStub(channel)
                    .listShards(ListShardsRequest.getDefaultInstance()))
        .getShardsList();
  }

  /** Prints the ends of all logs, and keeps the folder. */
  public void failed(Throwable why) {
    failed = true;
    System.out.println("The test failed with " + why);
    System.out.println(processes.logTails(TAIL_LINES));
    System.out.println("Everything of the cluster stays in " + directory);
  }

  /** Ends every process. */
  @Override
  public void close() {
    try {
      controlPlane.close();
    } finally {
      processes.close();
      if (proxies != null) {
        proxies.close();
      }
    }
    if (!failed) {
      try {
        Directories.delete(directory);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
