package io.byssus.clustermap.replicas;

import io.byssus.clustermap.ClusterImage;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.Node;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Function;

/** Keeps one {@link ReplicaWatcher} for each server of the map. */
public final class ReplicaWatcherHost implements AutoCloseable {
  private final ReplicaBoard board;
  private final Function<Replica, ReplicaWatcher> factory;
  private final Map<String, ReplicaWatcher> watchers = new HashMap<>();
  private boolean closed;

  public ReplicaWatcherHost(ReplicaBoard board, Function<Replica, ReplicaWatcher> factory) {
    this.board = board;
    this.factory = factory;
  }

  /** Takes note of a map. */
  public synchronized void follow(ClusterImage map) {
    if (closed) {
      return;
    }
    Map<String, Replica> servers = new HashMap<>();
    for (Node node : map.nodes()) {
      if (node.getRole() == NodeRole.SERVER) {
        servers.put(node.getNodeId(), new Replica(node.getNodeId(), node.getAddress()));
      }
    }
    for (Iterator<ReplicaWatcher> each = watchers.values().iterator(); each.hasNext(); ) {
      ReplicaWatcher watcher = each.next();
      if (!watcher.server().equals(servers.get(watcher.server().nodeId()))) {
        watcher.close();
        board.forget(watcher.server().nodeId());
        each.remove();
      }
    }
    servers.forEach(
        (nodeId, server) ->
            watchers.computeIfAbsent(
                nodeId,
                id -> {
                  ReplicaWatcher watcher = factory.apply(server);
                  watcher.start();
                  return watcher;
                }));
  }

  @Override
  public synchronized void close() {
    closed = true;
    watchers.values().forEach(ReplicaWatcher::close);
    watchers.clear();
  }
}
