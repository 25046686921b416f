package io.byssus.cluster;

import io.byssus.clustermap.ControlPlaneClient;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.InitClusterRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A throw-away cluster whose nodes are processes of their own, for the demo and for tests that kill
 * things: one Kafka broker, control-plane members, servers and dispatchers, all on loopback.
 *
 * <p>Nodes are named by role and number, as in {@code server-2}. Each keeps its ports, its folder
 * and its log file over restarts. The folder belongs to the caller, who may remove it after {@link
 * #close()}. Every process ends within 5 s of this JVM's end, however it ends.
 *
 * <p>Thread-safe.
 */
public final class ClusterProcesses implements AutoCloseable {
  private static final String KAFKA_MAIN = "io.byssus.kafka.EmbeddedKafkaMain";
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int TAIL_LINES = 30;

  private final ProcessesConfig config;
  private final FreePorts ports = new FreePorts(new SplittableRandom());
  private final Map<String, ClusterNode> nodes = new LinkedHashMap<>();
  private final Map<String, ChildProcess> processes = new LinkedHashMap<>();

  /**
   * Chooses ports and writes every node's configuration; starts nothing.
   *
   * @throws IOException where the directory cannot be written
   */
  public ClusterProcesses(ProcessesConfig config) throws IOException {
    this.config = config;
    Files.createDirectories(config.directory());
    for (NodeRole role : NodeRole.values()) {
      for (int number = 1; number <= config.count(role); number++) {
        String name = role == NodeRole.KAFKA ? "kafka" : role.command() + "-" + number;
        ClusterNode node = ClusterNode.place(name, role, config.directory(), ports);
        nodes.put(name, config.advertisesOtherPorts() ? node.behindOtherPorts(ports) : node);
        processes.put(name, new ChildProcess(name, config.directory().resolve(name + ".log")));
      }
    }
    List<ClusterNode> all = List.copyOf(nodes.values());
    for (ClusterNode node : all) {
      Files.createDirectories(node.data());
      if (node.role() != NodeRole.KAFKA) {
        Map<String, Object> more = config.settings().getOrDefault(node.role(), Map.of());
        Files.writeString(node.configuration(), NodeSettings.yaml(node, all, more));
      }
    }
  }

  /** The names of all nodes of a role. */
  public List<String> nodes(NodeRole role) {
    return nodes.values().stream()
        .filter(node -> node.role() == role)
        .map(ClusterNode::name)
        .toList();
  }

  /** The names of all nodes. */
  public Set<String> nodes() {
    return Set.copyOf(nodes.keySet());
  }

  /** A node's process, to be killed, suspended or looked at. */
  public ChildProcess process(String node) {
    return processes.get(node(node).name());
  }

  /** Where others are told to reach a node: host:port. */
  public String address(String node) {
    return node(node).address();
  }

  /** Where a node takes calls, whatever stands before it: host:port. */
  public String listenAddress(String node) {
    return node(node).listenAddress();
  }

  /** Where the other members of the control plane are told to reach a member: host:port. */
  public String raftAddress(String node) {
    return node(node).raftAddress();
  }

  /** Where a member of the control plane listens for the others: host:port. */
  public String raftListenAddress(String node) {
    return node(node).raftListenAddress();
  }

  /** Where a node's {@code /metrics} are: host:port. */
  public String metricsAddress(String node) {
    return node(node).metricsAddress();
  }

  /** Where others are told to reach the nodes of a role: host:port each. */
  public List<String> addresses(NodeRole role) {
    return nodes(role).stream().map(this::address).toList();
  }

  /** Starts every node that does not run; returns at once. */
  public void startAll() throws IOException {
    for (Map.Entry<String, ChildProcess> node : processes.entrySet()) {
      if (!node.getValue().isAlive()) {
        start(node.getKey());
      }
    }
  }

  /** Starts a node, also again after its end; returns at once. */
  public void start(String node) throws IOException {
    start(node, Map.of());
  }

  /**
   * Starts a node with system properties of its own, beside its role's; returns at once.
   *
   * @throws IllegalStateException where it runs
   */
  public void start(String name, Map<String, String> properties) throws IOException {
    ClusterNode node = node(name);
    Map<String, String> all = new LinkedHashMap<>();
    all.putAll(config.properties().getOrDefault(node.role(), Map.of()));
    all.putAll(properties);
    JavaCommand command =
        new JavaCommand(
            config.jvms().getOrDefault(node.role(), node.role().jvm()),
            all,
            node.role() == NodeRole.KAFKA ? KAFKA_MAIN : config.main(),
            arguments(node));
    process(name).start(command.words(), command.environment());
  }

  /**
   * Initialises the cluster; waits for the control plane and for Kafka.
   *
   * @throws io.byssus.model.ByssusException where that is refused or does not happen in time
   */
  public void init(InitClusterRequest request, Duration limit) {
    try (ControlPlaneClient client = new ControlPlaneClient(addresses(NodeRole.CONTROL_PLANE))) {
      client.call(limit, channel -> AdminServiceGrpc.newBlockingStub(channel).initCluster(request));
    }
  }

  /**
   * Waits until every node serves.
   *
   * @throws ClusterFailure where a process has ended or time is up; with the ends of the logs
   */
  public void awaitReady(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    for (String node : nodes.keySet()) {
      awaitServing(node, Duration.ofNanos(end - System.nanoTime()));
    }
  }

  /** Like {@link #awaitReady} for one node. */
  public void awaitServing(String name, Duration limit) throws InterruptedException {
    ClusterNode node = node(name);
    ChildProcess process = process(name);
    long end = System.nanoTime() + limit.toNanos();
    try (HealthProbe health = new HealthProbe(node.listenAddress())) {
      KafkaProbe kafka = new KafkaProbe(node.listenAddress());
      while (!(node.role() == NodeRole.KAFKA ? kafka.serving() : health.serving())) {
        if (!process.isAlive()) {
          throw new ClusterFailure(name + " has ended by itself" + exit(process) + tail(process));
        }
        if (System.nanoTime() > end) {
          throw new ClusterFailure(name + " does not serve in time" + tail(process));
        }
        Thread.sleep(POLL.toMillis());
      }
    }
  }

  /** The ends of all logs, for a person who asks why. */
  public String logTails(int lines) {
    StringBuilder text = new StringBuilder();
    for (ChildProcess process : processes.values()) {
      text.append("--- ").append(process.name()).append(exit(process)).append('\n');
      text.append(process.logTail(lines)).append('\n');
    }
    return text.toString();
  }

  /** Kills every process. Nothing is left to be flushed: the cluster is thrown away. */
  @Override
  public void close() {
    List<RuntimeException> failures = new ArrayList<>();
    for (ChildProcess process : processes.values()) {
      try {
        process.kill();
      } catch (RuntimeException e) {
        failures.add(e);
      }
    }
    ports.close();
    if (!failures.isEmpty()) {
      RuntimeException first = failures.remove(0);
      failures.forEach(first::addSuppressed);
      throw first;
    }
  }

  private List<String> arguments(ClusterNode node) {
    return node.role() == NodeRole.KAFKA
        ? List.of(
            "--data",
            node.data().toString(),
            "--port",
            Integer.toString(node.port()),
            "--advertise-port",
            Integer.toString(node.advertised().port()),
            "--exit-with-stdin")
        : List.of(
            node.role().command(),
            "--config",
            node.configuration().toString(),
            "--exit-with-stdin");
  }

  private ClusterNode node(String name) {
    ClusterNode node = nodes.get(name);
    if (node == null) {
      throw new IllegalArgumentException("no node " + name + " among " + nodes.keySet());
    }
    return node;
  }

  private static String exit(ChildProcess process) {
    return process.exitCode().isPresent()
        ? " (exit code " + process.exitCode().getAsInt() + ")"
        : "";
  }

  private static String tail(ChildProcess process) {
    return "; the end of " + process.log() + ":\n" + process.logTail(TAIL_LINES);
  }
}
