package io.byssus.client.direct;

import io.byssus.clustermap.ClusterImage;
import io.byssus.clustermap.ClusterMapWatcher;
import io.byssus.clustermap.ControlPlaneClient;
import io.byssus.clustermap.replicas.EventLoops;
import io.byssus.clustermap.replicas.ReplicaBoard;
import io.byssus.clustermap.replicas.ReplicaWatcher;
import io.byssus.clustermap.replicas.ReplicaWatcherHost;
import io.byssus.clustermap.replicas.ServerChannels;
import io.byssus.clustermap.replicas.ShardRouter;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What direct mode knows of a cluster: its map, as the dispatchers pass it on, and how the replicas
 * stand, as the servers tell it. One thread and one connection to each dispatcher for the map, one
 * connection to each server on each event loop.
 */
public final class DirectReads implements AutoCloseable {
  private final ControlPlaneClient dispatchers;
  private final ClusterMapWatcher watcher;
  private final ServerChannels servers;
  private final ReplicaBoard board;
  private final ReplicaWatcherHost replicas;
  private final DirectChannel channel;

  /**
   * Begins to follow.
   *
   * @param endpoints the dispatchers, each host:port
   * @param loops where the connections to servers live; stay the caller's, to be closed after this
   * @param timer for short tasks that never block; stays the caller's, to be ended after this
   * @param nanoTime a monotonic clock
   * @param random safe for use by many threads
   */
  public DirectReads(
      List<String> endpoints,
      EventLoops loops,
      ScheduledExecutorService timer,
      LongSupplier nanoTime,
      RandomGenerator random) {
    this.dispatchers = new ControlPlaneClient(endpoints);
    this.servers = new ServerChannels(loops, () -> "");
    this.board = new ReplicaBoard(nanoTime);
    this.replicas =
        new ReplicaWatcherHost(
            board, server -> new ReplicaWatcher(server, servers, board, timer, random));
    this.watcher = ClusterMapWatcher.start(dispatchers, Optional.empty(), "");
    ShardRouter router = new ShardRouter(watcher::current, board, random);
    DirectRoutes routes = new DirectRoutes(watcher::current, router, board);
    this.channel = new DirectChannel(routes, router, servers);
    watcher.listen(this::follow);
  }

  private void follow(ClusterImage map) {
    replicas.follow(map);
    servers.follow(map);
  }

  /** Whether enough is known to try a call of this kind. */
  public boolean serves(MethodDescriptor<?, ?> method) {
    return DirectRoutes.serves(method)
        && !watcher.current().shards().isEmpty()
        && board.serversReporting() > 0;
  }

  /** Where the reads of the key-value API can be called as on a dispatcher. */
  public ManagedChannel channel() {
    return channel;
  }

  /** Ends every call to a server. */
  @Override
  public void close() {
    watcher.close();
    replicas.close();
    servers.close();
    dispatchers.close();
  }
}
