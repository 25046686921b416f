package io.byssus.dispatcher;

import io.byssus.clustermap.ClusterMapWatcher;
import io.byssus.clustermap.ControlPlaneClient;
import io.byssus.clustermap.NodeLease;
import io.byssus.clustermap.WatchHub;
import io.byssus.clustermap.replicas.EventLoops;
import io.byssus.clustermap.replicas.ReplicaBoard;
import io.byssus.clustermap.replicas.ReplicaWatcher;
import io.byssus.clustermap.replicas.ReplicaWatcherHost;
import io.byssus.clustermap.replicas.ServerChannels;
import io.byssus.clustermap.replicas.ShardRouter;
import io.byssus.dispatcher.calls.DispatcherMetrics;
import io.byssus.dispatcher.calls.NamespaceResolver;
import io.byssus.dispatcher.calls.TestHooks;
import io.byssus.dispatcher.reads.ReadPath;
import io.byssus.dispatcher.writes.Writes;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.process.DataDirectory;
import io.byssus.process.ForwardCriticality;
import io.byssus.process.ForwardRequestId;
import io.byssus.process.GrpcListener;
import io.byssus.process.HostPort;
import io.byssus.process.MetricsEndpoint;
import io.byssus.process.ProcessLifecycle;
import io.byssus.process.ProcessMetrics;
import io.byssus.process.Readiness;
import io.byssus.process.RequestId;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.DescribeNamespaceRequest;
import io.byssus.proto.admin.v1.DescribeNamespaceResponse;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.ControlPlaneServiceGrpc;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.wal.KafkaWal;
import io.byssus.wal.LogHost;
import io.byssus.wal.Wal;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Puts a dispatcher's parts together. Each is registered to be closed as soon as it exists; they
 * are closed in the opposite order, so that each finds what it needs.
 */
final class DispatcherAssembly {
  private static final String MAP_FILE = "cluster-map";

  /** What comes in on one of them goes out there; each has connections to all servers. */
  private static final int EVENT_LOOPS =
      Math.max(2, Math.min(16, Runtime.getRuntime().availableProcessors()));

  private final DispatcherConfig config;
  private final Readiness readiness;
  private final ProcessLifecycle lifecycle;
  private final Clock clock;
  private final Function<Cluster, Wal> log;
  private final TestHooks hooks;
  // Shared by all threads; only the writer's id has to be beyond guessing.
  private final RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();

  /** A dispatcher in the real world. */
  DispatcherAssembly(DispatcherConfig config, Readiness readiness, ProcessLifecycle lifecycle) {
    this(
        config,
        readiness,
        lifecycle,
        Clock.systemUTC(),
        cluster -> new KafkaWal(config.kafka(), cluster.getLog(), cluster.getShardCount()),
        TestHooks.fromSystemProperties());
  }

  /**
   * A dispatcher in a world made for it.
   *
   * @param clock what accept-until is measured against
   * @param log opens the log of a cluster
   */
  DispatcherAssembly(
      DispatcherConfig config,
      Readiness readiness,
      ProcessLifecycle lifecycle,
      Clock clock,
      Function<Cluster, Wal> log,
      TestHooks hooks) {
    this.config = config;
    this.readiness = readiness;
    this.lifecycle = lifecycle;
    this.clock = clock;
    this.log = log;
    this.hooks = hooks;
  }

  /** Starts the parts, or none of them. */
  DispatcherNode start() throws IOException {
    try {
      return startParts();
    } catch (IOException | RuntimeException e) {
      lifecycle.stop();
      throw e;
    }
  }

  private DispatcherNode startParts() throws IOException {
    ProcessMetrics metrics = closing("metrics", new ProcessMetrics("dispatcher", config.nodeId()));
    MetricsEndpoint endpoint =
        closing(
            "metrics endpoint",
            MetricsEndpoint.start(config.process().metrics(), metrics, readiness));
    ControlPlaneClient controlPlane =
        closing(
            "control-plane client",
            new ControlPlaneClient(
                config.controlPlane().stream().map(HostPort::toString).toList(),
                new ForwardRequestId()));
    Threads threads = closing("threads", new Threads(config.mostCalls()));
    EventLoops loops = closing("event loops", new EventLoops("dispatcher-io", EVENT_LOOPS));
    ClusterMapWatcher map =
        closing("cluster map", ClusterMapWatcher.start(controlPlane, mapFile(), ""));
    ReplicaBoard board = new ReplicaBoard(System::nanoTime);
    metrics
        .registry()
        .gauge("byssus.dispatcher.servers.reporting", board, ReplicaBoard::serversReporting);
    ServerChannels channels =
        closing(
            "server channels",
            new ServerChannels(
                loops,
                () -> RequestId.current().orElse(""),
                new ForwardRequestId(),
                new ForwardCriticality()));
    ReplicaWatcherHost watchers =
        closing(
            "replica watchers",
            new ReplicaWatcherHost(
                board,
                server -> new ReplicaWatcher(server, channels, board, threads.timer(), random)));
    LogHost logHost = new LogHost(log);
    ShardRouter router = new ShardRouter(map::current, board, random);
    KvService kv =
        kvService(controlPlane, map, threads, router, channels, logHost, metrics.registry());
    WatchHub watches =
        closing(
            "map watches",
            new WatchHub(
                FollowedMap.of(map), () -> map.connectedTo().isPresent(), System::nanoTime));
    metrics.registry().gauge("byssus.dispatcher.map.watchers", watches, WatchHub::watchers);
    AdminService admin =
        new AdminService(
            controlPlane, new NamespaceSizer(map::current, router, channels), System::nanoTime);
    GrpcListener listener = listen(kv, new MapService(watches), admin, loops, metrics.registry());
    try {
      closing("lease", lease(controlPlane, map, listener.address()));
      closing("log", logHost);
    } finally {
      // Closed next: calls in hand end while everything is still there.
      closing("listener", listener);
      // Closed first: streams would never end by themselves.
      closing("streams of writes", kv.streams());
      lifecycle.closeAtStop("streams of the map", watches::endStreams);
    }
    MapFollower follower =
        new MapFollower(
            map::current, logHost, channels, watchers, readiness, config.controlPlane());
    follow(follower, map, logHost, threads.housekeeping());
    return new DispatcherNode(lifecycle, listener.address(), endpoint.address());
  }

  private Optional<Path> mapFile() throws IOException {
    if (config.data().isEmpty()) {
      return Optional.empty();
    }
    DataDirectory directory = closing("data directory", DataDirectory.open(config.data().get()));
    return Optional.of(directory.resolve(MAP_FILE));
  }

  private KvService kvService(
      ControlPlaneClient controlPlane,
      ClusterMapWatcher map,
      Threads threads,
      ShardRouter router,
      ServerChannels channels,
      LogHost logHost,
      MeterRegistry registry) {
    DispatcherMetrics metrics = new DispatcherMetrics(registry);
    NamespaceResolver namespaces =
        new NamespaceResolver(
            map::current,
            map::await,
            (name, limit) -> namespaceExists(controlPlane, name, limit),
            threads.lookups());
    ReadPath reads =
        new ReadPath(
            new ReadPath.Surroundings(
                namespaces,
                map::current,
                router,
                channels,
                channels,
                threads.timer(),
                System::nanoTime,
                clock,
                metrics,
                Runtime.getRuntime().maxMemory() / 16,
                hooks));
    Writes writes =
        new Writes(
            new Writes.Surroundings(
                namespaces,
                map::current,
                shard -> router.lagging(shard, config.lagLimit()),
                logHost,
                reads::awaitApplied,
                new SecureRandom(),
                clock,
                System::nanoTime,
                threads.timer(),
                threads.writes(),
                threads.sendings(),
                metrics,
                Runtime.getRuntime().maxMemory() / 4,
                hooks));
    return new KvService(writes.path(), writes.streams(), reads, System::nanoTime);
  }

  private GrpcListener listen(
      KvService kv, MapService maps, AdminService admin, EventLoops loops, MeterRegistry registry)
      throws IOException {
    return GrpcListener.on(config.process().listen(), readiness, registry)
        .name("dispatcher-grpc")
        .eventLoops(loops.group(), loops.serverChannelType())
        .mostCalls(config.mostCalls())
        .serviceOnEventLoop(kv)
        .endless(KvServiceGrpc.getWriteStreamMethod())
        .serviceOnEventLoop(maps)
        .endless(ControlPlaneServiceGrpc.getWatchMethod())
        .service(admin)
        .start();
  }

  private NodeLease lease(
      ControlPlaneClient controlPlane, ClusterMapWatcher map, HostPort listening) {
    HostPort advertised = config.process().advertise();
    HostPort reached = advertised.port() == 0 ? advertised.withPort(listening.port()) : advertised;
    Node node =
        Node.newBuilder()
            .setNodeId(config.nodeId())
            .setRole(NodeRole.DISPATCHER)
            .setAddress(reached.toString())
            .setInstanceId(UUID.randomUUID().toString())
            .putAllLabels(config.labels())
            .build();
    return NodeLease.start(
        controlPlane,
        node,
        () -> map.current().clusterId(),
        () -> map.current().revision(),
        List::of);
  }

  private static void follow(
      MapFollower follower,
      ClusterMapWatcher map,
      LogHost logHost,
      ScheduledExecutorService housekeeping) {
    // By the clock too: what could not be done for a map is tried again.
    housekeeping.scheduleWithFixedDelay(follower::follow, 0, 1, TimeUnit.SECONDS);
    map.listen(image -> housekeeping.execute(follower::follow));
    logHost.lookedAt().thenRun(() -> housekeeping.execute(follower::follow));
  }

  private static boolean namespaceExists(
      ControlPlaneClient controlPlane, String name, Duration limit) {
    DescribeNamespaceRequest request = DescribeNamespaceRequest.newBuilder().setName(name).build();
    try {
      DescribeNamespaceResponse answer =
          controlPlane.call(
              limit,
              channel -> AdminServiceGrpc.newBlockingStub(channel).describeNamespace(request));
      NamespaceState state = answer.getNamespace().getState();
      return state == NamespaceState.ACTIVE || state == NamespaceState.NAMESPACE_STATE_UNSPECIFIED;
    } catch (ByssusException e) {
      if (e.code() == ErrorCode.NAMESPACE_NOT_FOUND) {
        return false;
      }
      if (e.code() == ErrorCode.WRONG_CLUSTER) {
        // Ours is away, wherever it is; who asks for a namespace has the right cluster.
        throw new ByssusException(ErrorCode.CONTROL_PLANE_UNAVAILABLE, e.getMessage(), e);
      }
      throw e;
    }
  }

  private <T extends AutoCloseable> T closing(String name, T part) {
    return lifecycle.closeAtStop(name, part);
  }
}
