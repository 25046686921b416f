package io.byssus.systemtests.simulation;

import io.byssus.clustermap.ClusterImage;
import io.byssus.clustermap.replicas.EventLoops;
import io.byssus.clustermap.replicas.ReplicaBoard;
import io.byssus.clustermap.replicas.ServerCalls;
import io.byssus.clustermap.replicas.ServerChannels;
import io.byssus.clustermap.replicas.ShardRouter;
import io.byssus.dispatcher.calls.CallDeadline;
import io.byssus.dispatcher.calls.DispatcherMetrics;
import io.byssus.dispatcher.calls.NamespaceResolver;
import io.byssus.dispatcher.calls.TestHooks;
import io.byssus.dispatcher.reads.ReadPath;
import io.byssus.dispatcher.writes.WriteIntent;
import io.byssus.dispatcher.writes.WritePath;
import io.byssus.dispatcher.writes.Writes;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.kv.v1.GetRequest;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.ResolveRequest;
import io.byssus.proto.kv.v1.ResolveResponse;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.kv.v1.WriteResponse;
import io.byssus.proto.log.v1.Write;
import io.byssus.wal.LogHost;
import io.byssus.wal.Wal;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The inner parts of a dispatcher of production, put together for the simulation. */
final class DispatcherSeat {
  private static final long HOT_BYTES = 1L << 20;

  /** Nothing simulated streams: all questions go through what surrounds the seat. */
  private static final ServerChannels NO_CHANNELS =
      new ServerChannels(new EventLoops("unused", 1), () -> "");

  private static final long BUDGET_BYTES = 1L << 30;
  private static final Duration LAG_LIMIT = Duration.ofSeconds(30);

  private final Surroundings around;
  private final ReplicaBoard board;
  private final ReadPath reads;
  private final LogHost logHost;
  private final WritePath writes;

  /** What surrounds a dispatcher. */
  interface Surroundings extends ServerCalls {
    /** The newest map that it has. */
    ClusterImage map();

    /** Whether the control plane knows a namespace. */
    boolean exists(String namespace);

    /** The log. */
    Wal wal();

    /** Its wall clock. */
    Clock clock();

    /** Its monotonic clock. */
    long nanoTime();

    /** Its timers and threads. */
    ScheduledExecutorService timer();

    /** Its chance. */
    RandomGenerator random();
  }

  /**
   * A dispatcher that has just started.
   *
   * @param acknowledgeEarly whether the fault is planted that writes are acknowledged before the
   *     log has them
   * @param rememberAlways whether the fault is planted that reads of every level are answered from
   *     memory
   */
  DispatcherSeat(Surroundings around, boolean acknowledgeEarly, boolean rememberAlways) {
    this.around = around;
    Supplier<ClusterImage> map = around::map;
    LongSupplier nanoTime = around::nanoTime;
    DispatcherMetrics metrics = new DispatcherMetrics(new CompositeMeterRegistry());
    logHost = new LogHost(cluster -> around.wal());
    board = new ReplicaBoard(nanoTime);
    ShardRouter router = new ShardRouter(map, board, around.random());
    NamespaceResolver namespaces =
        new NamespaceResolver(
            map, this::mapOfNow, (name, limit) -> around.exists(name), Runnable::run);
    TestHooks hooks = new TestHooks(acknowledgeEarly, rememberAlways);
    reads =
        new ReadPath(
            new ReadPath.Surroundings(
                namespaces,
                map,
                router,
                around,
                NO_CHANNELS,
                around.timer(),
                nanoTime,
                around.clock(),
                metrics,
                HOT_BYTES,
                hooks));
    writes =
        new Writes(
                new Writes.Surroundings(
                    namespaces,
                    map,
                    shard -> router.lagging(shard, LAG_LIMIT),
                    logHost,
                    reads::awaitApplied,
                    around.random(),
                    around.clock(),
                    nanoTime,
                    around.timer(),
                    around.timer(),
                    around.timer(),
                    metrics,
                    BUDGET_BYTES,
                    hooks))
            .path();
  }

  private Optional<ClusterImage> mapOfNow(Predicate<ClusterImage> test, Duration limit) {
    return Optional.of(around.map()).filter(test);
  }

  /** There is another map. */
  void mapChanged() {
    around.map().cluster().filter(Cluster::hasLog).ifPresent(logHost::follow);
  }

  /** What it knows of the servers' replicas. */
  ReplicaBoard board() {
    return board;
  }

  /** Writes as the service does. */
  CompletableFuture<WriteResponse> write(
      String namespace, Write write, WriteOptions options, Duration allowed) {
    return writes.write(
        new WriteIntent(namespace, write, write.getOperationsCount() > 1, options),
        CallDeadline.after(allowed, around::nanoTime));
  }

  /** Finds a namespace as the service does. */
  CompletableFuture<ResolveResponse> resolve(ResolveRequest request, Duration allowed) {
    return reads.resolve(request, CallDeadline.after(allowed, around::nanoTime));
  }

  /** Reads a record as the service does. */
  CompletableFuture<GetResponse> get(GetRequest request, Duration allowed) {
    return reads.get(request, CallDeadline.after(allowed, around::nanoTime));
  }
}
