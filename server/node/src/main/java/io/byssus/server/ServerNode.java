package io.byssus.server;

import io.byssus.clustermap.ClusterMapWatcher;
import io.byssus.clustermap.ControlPlaneClient;
import io.byssus.clustermap.NodeLease;
import io.byssus.clustermap.replicas.EventLoops;
import io.byssus.process.DataDirectory;
import io.byssus.process.GrpcListener;
import io.byssus.process.HostPort;
import io.byssus.process.MetricsEndpoint;
import io.byssus.process.ProcessLifecycle;
import io.byssus.process.ProcessMetrics;
import io.byssus.process.Readiness;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.storage.NodeStorage;
import io.byssus.wal.KafkaWal;
import io.byssus.wal.LogHost;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A server: puts its parts together and takes them apart. Needs nobody else to be up; waits, and
 * says for what.
 */
public final class ServerNode implements AutoCloseable {
  /** Dispatchers and direct clients have a connection or a few each. */
  private static final int EVENT_LOOPS =
      Math.max(2, Math.min(16, Runtime.getRuntime().availableProcessors()));

  private static final int READER_THREADS =
      Math.max(8, 2 * Runtime.getRuntime().availableProcessors());
  private static final int STREAM_THREADS = 4;

  private final ProcessLifecycle lifecycle;
  private final Readiness readiness;
  private final String nodeId;
  private HostPort address;
  private HostPort metricsAddress;

  private ServerNode(ProcessLifecycle lifecycle, Readiness readiness, String nodeId) {
    this.lifecycle = lifecycle;
    this.readiness = readiness;
    this.nodeId = nodeId;
  }

  /**
   * Starts a server.
   *
   * @throws IOException where the data directory is in use or an address is taken
   */
  public static ServerNode start(ServerConfig config) throws IOException {
    Readiness readiness = new Readiness();
    return start(config, readiness, new ProcessLifecycle(readiness));
  }

  static ServerNode start(ServerConfig config, Readiness readiness, ProcessLifecycle lifecycle)
      throws IOException {
    ServerNode node = new ServerNode(lifecycle, readiness, config.nodeId());
    try {
      node.startParts(config);
      return node;
    } catch (IOException | RuntimeException e) {
      lifecycle.stop();
      throw e;
    }
  }

  private void startParts(ServerConfig config) throws IOException {
    DataDirectory data = lifecycle.closeAtStop("data directory", DataDirectory.open(config.data()));
    ProcessMetrics metrics = lifecycle.closeAtStop("metrics", new ProcessMetrics("server", nodeId));
    metricsAddress =
        lifecycle
            .closeAtStop(
                "metrics endpoint",
                MetricsEndpoint.start(config.process().metrics(), metrics, readiness))
            .address();
    ControlPlaneClient controlPlane =
        lifecycle.closeAtStop(
            "control-plane client",
            new ControlPlaneClient(
                config.controlPlane().stream().map(HostPort::toString).toList()));
    ClusterMapWatcher map =
        lifecycle.closeAtStop(
            "cluster map",
            ClusterMapWatcher.start(
                controlPlane,
                Optional.of(data.resolve("cluster-map")),
                AssignmentLoop.clusterOf(data)));
    NodeStorage storage = lifecycle.closeAtStop("storage", new NodeStorage(config.storage()));
    LogHost logHost =
        lifecycle.closeAtStop(
            "log",
            new LogHost(
                cluster ->
                    KafkaWal.forMarks(config.kafka(), cluster.getLog(), cluster.getShardCount())));
    ReplicaHost host =
        lifecycle.closeAtStop(
            "replicas",
            new ReplicaHost(
                nodeId,
                data.instanceId(),
                data.resolve("shards"),
                storage,
                config.kafka(),
                config.applyThreads(),
                new ReplicaMetrics(metrics.registry(), storage)));
    MemoryBound.ofThisProcess(config.storage())
        .register(metrics.registry(), () -> host.replicas().size());
    lifecycle.closeAtStop(
        "dead letters", new DeadLetterLoop(nodeId, host, map::current, config.kafka()));
    MarkAppender marks = new MarkAppender(logHost::wal, Clock.systemUTC(), metrics.registry());
    Barriers barriers = lifecycle.closeAtStop("barriers", new Barriers(marks));
    lifecycle.closeAtStop(
        "ticks",
        new TickLoop(
                host,
                map::current,
                marks,
                Clock.systemUTC(),
                System::nanoTime,
                new SplittableRandom())
            .start());
    ReadWaits waits = lifecycle.closeAtStop("read waits", new ReadWaits(READER_THREADS));
    ReadViews views = new ReadViews(waits, barriers, TestHooks.fromSystemProperties());
    NamespaceGate namespaces = new NamespaceGate(map::current, waits);
    lifecycle.closeAtStop("namespaces", map.listen(image -> namespaces.mapChanged()));
    EventLoops loops =
        lifecycle.closeAtStop("event loops", new EventLoops("server-io", EVENT_LOOPS));
    GetStreams gets = new GetStreams(waits, metrics.registry());
    StreamThreads streams = lifecycle.closeAtStop("streams", new StreamThreads(STREAM_THREADS));
    ReplicaFeed feed = lifecycle.closeAtStop("replica feed", new ReplicaFeed(host));
    GrpcListener listener =
        lifecycle.closeAtStop(
            "gRPC",
            GrpcListener.on(config.process().listen(), readiness, metrics.registry())
                .name("read")
                .eventLoops(loops.group(), loops.serverChannelType())
                .service(
                    new ReadService(
                        map::current, host, namespaces, views, gets, loops::here, feed, streams))
                .onEventLoop(ShardServiceGrpc.getGetMethod())
                .onEventLoop(ShardServiceGrpc.getGetStreamMethod())
                .endless(ShardServiceGrpc.getGetStreamMethod())
                .endless(ShardServiceGrpc.getWatchReplicasMethod())
                .start());
    address = listener.address();
    NodeLease lease =
        lifecycle.closeAtStop(
            "lease",
            NodeLease.start(
                controlPlane,
                Node.newBuilder()
                    .setNodeId(nodeId)
                    .setRole(NodeRole.SERVER)
                    .setAddress(advertised(config).toString())
                    .setInstanceId(data.instanceId())
                    .putAllLabels(config.labels())
                    .build(),
                () -> map.current().clusterId(),
                () -> map.current().revision(),
                () -> UndroppedNamespaces.reports(map.current(), host)));
    lifecycle.closeAtStop(
        "assignments", new AssignmentLoop(nodeId, data, map, lease, logHost, host, readiness));
  }

  /**
   * The address to tell others: the configured one, with the real port where that was left to
   * chance.
   */
  private HostPort advertised(ServerConfig config) {
    HostPort advertise = config.process().advertise();
    return advertise.port() == 0 ? advertise.withPort(address.port()) : advertise;
  }

  /** Where it answers gRPC. */
  public HostPort address() {
    return address;
  }

  /** Where it serves its metrics. */
  public HostPort metricsAddress() {
    return metricsAddress;
  }

  /** Whether it serves, and if not, what it waits for. */
  public Readiness.State state() {
    return readiness.state();
  }

  /**
   * Stops in good order: leaves the cluster, so that no new calls come, finishes calls, flushes.
   */
  @Override
  public void close() {
    lifecycle.stop();
  }
}
