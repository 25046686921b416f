package io.byssus.dispatcher;

import io.byssus.clustermap.ClusterMapWatcher;
import io.byssus.clustermap.ControlPlaneClient;
import io.byssus.clustermap.NodeLease;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.process.DataDirectory;
import io.byssus.process.ForwardRequestId;
import io.byssus.process.GrpcListener;
import io.byssus.process.HostPort;
import io.byssus.process.MetricsEndpoint;
import io.byssus.process.ProcessLifecycle;
import io.byssus.process.ProcessMetrics;
import io.byssus.process.Readiness;
import io.byssus.proto.admin.v1.AdminServiceGrpc;
import io.byssus.proto.admin.v1.DescribeNamespaceRequest;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.Node;
import io.byssus.wal.KafkaWal;
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
import java.util.random.RandomGenerator;

/**
 * A dispatcher as an ordinary object: its parts, put together, started, and stopped in good order.
 * Needs no other process to be up; it says what it waits for.
 */
public final class DispatcherNode implements AutoCloseable {
  private static final String MAP_FILE = "cluster-map";

  private final ProcessLifecycle lifecycle;
  private final HostPort address;
  private final HostPort metricsAddress;

  private DispatcherNode(ProcessLifecycle lifecycle, HostPort address, HostPort metricsAddress) {
    this.lifecycle = lifecycle;
    this.address = address;
    this.metricsAddress = metricsAddress;
  }

  /**
   * Starts a dispatcher; returns when it listens, which is before it serves.
   *
   * @throws IOException if a port is taken, or the data directory cannot be used
   */
  public static DispatcherNode start(DispatcherConfig config) throws IOException {
    Readiness readiness = new Readiness();
    return start(config, readiness, new ProcessLifecycle(readiness));
  }

  static DispatcherNode start(
      DispatcherConfig config, Readiness readiness, ProcessLifecycle lifecycle) throws IOException {
    try {
      return new Assembly(config, readiness, lifecycle).start();
    } catch (IOException | RuntimeException e) {
      lifecycle.stop();
      throw e;
    }
  }

  /** Where gRPC listens. */
  public HostPort address() {
    return address;
  }

  /** Where {@code /metrics} and {@code /healthz} are served. */
  public HostPort metricsAddress() {
    return metricsAddress;
  }

  /** Stops in good order: refuses new calls, finishes those in hand, flushes, deregisters. */
  @Override
  public void close() {
    lifecycle.stop();
  }

  /** Puts the parts together, each registered to be closed as soon as it exists. */
  private static final class Assembly {
    private final DispatcherConfig config;
    private final Readiness readiness;
    private final ProcessLifecycle lifecycle;
    private final Clock clock = Clock.systemUTC();
    // Shared by all threads; only the writer's id has to be beyond guessing.
    private final RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();

    Assembly(DispatcherConfig config, Readiness readiness, ProcessLifecycle lifecycle) {
      this.config = config;
      this.readiness = readiness;
      this.lifecycle = lifecycle;
    }

    DispatcherNode start() throws IOException {
      ProcessMetrics metrics =
          closing("metrics", new ProcessMetrics("dispatcher", config.nodeId()));
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
      ClusterMapWatcher map =
          closing("cluster map", ClusterMapWatcher.start(controlPlane, mapFile(), ""));

      Threads threads = closing("threads", new Threads(config.mostCalls()));
      ReplicaBoard board = new ReplicaBoard(System::nanoTime);
      ServerChannels channels =
          closing("server channels", new ServerChannels(new ForwardRequestId()));
      ReplicaWatcherHost watchers =
          closing(
              "replica watchers",
              new ReplicaWatcherHost(
                  board,
                  server -> new ReplicaWatcher(server, channels, board, threads.timer(), random)));
      LogHost logHost =
          new LogHost(
              cluster -> new KafkaWal(config.kafka(), cluster.getLog(), cluster.getShardCount()));

      GrpcListener listener =
          listen(metrics.registry(), controlPlane, map, threads, board, channels, logHost);
      // Closed in the order: listener, log, lease.
      try {
        closing("lease", lease(controlPlane, map, listener.address()));
        closing("log", logHost);
      } finally {
        closing("listener", listener);
      }
      MapFollower follower =
          new MapFollower(
              map::current, logHost, channels, watchers, readiness, config.controlPlane());
      follow(follower, map, threads.housekeeping());
      return new DispatcherNode(lifecycle, listener.address(), endpoint.address());
    }

    private Optional<Path> mapFile() throws IOException {
      if (config.data().isEmpty()) {
        return Optional.empty();
      }
      DataDirectory directory = closing("data directory", DataDirectory.open(config.data().get()));
      return Optional.of(directory.resolve(MAP_FILE));
    }

    private GrpcListener listen(
        MeterRegistry registry,
        ControlPlaneClient controlPlane,
        ClusterMapWatcher map,
        Threads threads,
        ReplicaBoard board,
        ServerChannels channels,
        LogHost logHost)
        throws IOException {
      DispatcherMetrics metrics = new DispatcherMetrics(registry);
      ShardRouter router = new ShardRouter(map::current, board, config.lagLimit(), random);
      NamespaceResolver namespaces =
          new NamespaceResolver(
              map::current,
              map::await,
              (name, limit) -> namespaceExists(controlPlane, name, limit),
              threads.lookups());
      ReadPath reads =
          new ReadPath(
              map::current,
              namespaces,
              router,
              channels,
              clock,
              System::nanoTime,
              threads.timer(),
              metrics);
      WritePath writes =
          new WritePath(
              map::current,
              namespaces,
              logHost,
              new DispatcherWriter(new SecureRandom(), clock),
              new RulesAnnouncer(),
              router,
              reads::awaitApplied,
              clock,
              threads.timer(),
              threads.writes(),
              metrics,
              TestHooks.fromSystemProperties());
      return GrpcListener.on(config.process().listen(), readiness, registry)
          .name("dispatcher-grpc")
          .mostCalls(config.mostCalls())
          .serviceOnEventLoop(new KvService(writes, reads, System::nanoTime))
          .service(new AdminService(controlPlane, System::nanoTime))
          .start();
    }

    private NodeLease lease(
        ControlPlaneClient controlPlane, ClusterMapWatcher map, HostPort listening) {
      HostPort advertised = config.process().advertise();
      Node node =
          Node.newBuilder()
              .setNodeId(config.nodeId())
              .setRole(NodeRole.DISPATCHER)
              .setAddress(
                  (advertised.port() == 0 ? advertised.withPort(listening.port()) : advertised)
                      .toString())
              .setInstanceId(UUID.randomUUID().toString())
              .putAllLabels(config.labels())
              .build();
      return NodeLease.start(controlPlane, node, () -> map.current().clusterId(), List::of);
    }

    private static void follow(
        MapFollower follower, ClusterMapWatcher map, ScheduledExecutorService housekeeping) {
      // By the clock too: what could not be done for a map is tried again.
      housekeeping.scheduleWithFixedDelay(follower::follow, 0, 1, TimeUnit.SECONDS);
      map.listen(image -> housekeeping.execute(follower::follow));
    }

    private static boolean namespaceExists(
        ControlPlaneClient controlPlane, String name, Duration limit) {
      DescribeNamespaceRequest request =
          DescribeNamespaceRequest.newBuilder().setName(name).build();
      try {
        controlPlane.call(
            limit, channel -> AdminServiceGrpc.newBlockingStub(channel).describeNamespace(request));
        return true;
      } catch (ByssusException e) {
        if (e.code() == ErrorCode.NAMESPACE_NOT_FOUND) {
          return false;
        }
        throw e;
      }
    }

    private <T extends AutoCloseable> T closing(String name, T part) {
      return lifecycle.closeAtStop(name, part);
    }
  }
}
