package io.byssus.clustermap;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.internal.v1.Cluster;
import io.byssus.proto.internal.v1.ClusterMap;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.ShardAssignment;
import io.byssus.proto.internal.v1.WatchResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Everything that the processes of a cluster know in common, as of one revision: immutable, and
 * indexed for look-up. The next revision is a new image, see {@link #apply}.
 */
public final class ClusterImage {
  private static final ClusterImage EMPTY = of(ClusterMap.getDefaultInstance());

  private final long revision;
  private final Optional<Cluster> cluster;
  private final SortedMap<String, Node> nodes;
  private final SortedMap<Integer, NamespaceEntry> namespaces;
  private final Map<String, NamespaceEntry> activeByName;
  private final Map<String, NamespaceEntry> deletedByName;
  private final SortedMap<Integer, ShardAssignment> shards;

  private ClusterImage(
      long revision,
      Optional<Cluster> cluster,
      SortedMap<String, Node> nodes,
      SortedMap<Integer, NamespaceEntry> namespaces,
      SortedMap<Integer, ShardAssignment> shards) {
    this.revision = revision;
    this.cluster = cluster;
    this.nodes = Collections.unmodifiableSortedMap(nodes);
    this.namespaces = Collections.unmodifiableSortedMap(namespaces);
    this.shards = Collections.unmodifiableSortedMap(shards);
    this.activeByName = new HashMap<>();
    this.deletedByName = new HashMap<>();
    for (NamespaceEntry entry : namespaces.values()) {
      if (isActive(entry)) {
        activeByName.put(entry.getRules().getName(), entry);
      } else if (entry.getState() == NamespaceState.DELETED) {
        deletedByName.merge(entry.getRules().getName(), entry, ClusterImage::laterDeleted);
      }
    }
  }

  private static NamespaceEntry laterDeleted(NamespaceEntry a, NamespaceEntry b) {
    return Long.compareUnsigned(a.getDeletedRevision(), b.getDeletedRevision()) > 0 ? a : b;
  }

  /** The image of a cluster of which nothing is known: revision 0. */
  public static ClusterImage empty() {
    return EMPTY;
  }

  /** The image of a map. */
  public static ClusterImage of(ClusterMap map) {
    SortedMap<String, Node> nodes = new TreeMap<>();
    map.getNodesList().forEach(node -> nodes.put(node.getNodeId(), node));
    SortedMap<Integer, NamespaceEntry> namespaces = new TreeMap<>();
    map.getNamespacesList()
        .forEach(entry -> namespaces.put(entry.getRules().getNamespaceId(), entry));
    SortedMap<Integer, ShardAssignment> shards = new TreeMap<>();
    map.getShardsList().forEach(shard -> shards.put(shard.getShard(), shard));
    return new ClusterImage(
        map.getRevision(),
        map.hasCluster() ? Optional.of(map.getCluster()) : Optional.empty(),
        nodes,
        namespaces,
        shards);
  }

  /**
   * The image after a step of a watch: a whole map replaces everything; changes replace the entries
   * that they name; a step with neither leaves the image as it is.
   *
   * @throws IllegalArgumentException where the step would lead back to an earlier revision
   */
  public ClusterImage apply(WatchResponse step) {
    if (!step.hasMap() && step.getChangesCount() == 0) {
      return this;
    }
    if (Long.compareUnsigned(step.getRevision(), revision) < 0) {
      throw new IllegalArgumentException(
          "a step leads back from revision " + revision + " to " + step.getRevision());
    }
    return step.hasMap()
        ? of(step.getMap().toBuilder().setRevision(step.getRevision()).build())
        : with(step.getRevision(), step.getChangesList());
  }

  /** The image after some changes. */
  public ClusterImage with(long newRevision, List<MapChange> changes) {
    Optional<Cluster> newCluster = cluster;
    SortedMap<String, Node> newNodes = new TreeMap<>(nodes);
    SortedMap<Integer, NamespaceEntry> newNamespaces = new TreeMap<>(namespaces);
    SortedMap<Integer, ShardAssignment> newShards = new TreeMap<>(shards);
    for (MapChange change : changes) {
      switch (change.getChangeCase()) {
        case CLUSTER -> newCluster = Optional.of(change.getCluster());
        case NODE -> newNodes.put(change.getNode().getNodeId(), change.getNode());
        case NODE_REMOVED -> newNodes.remove(change.getNodeRemoved());
        case NAMESPACE ->
            newNamespaces.put(
                change.getNamespace().getRules().getNamespaceId(), change.getNamespace());
        case NAMESPACE_REMOVED -> newNamespaces.remove(change.getNamespaceRemoved());
        case SHARD -> newShards.put(change.getShard().getShard(), change.getShard());
        // A kind of entry that a newer control plane knows and this process does not.
        case CHANGE_NOT_SET -> {}
      }
    }
    return new ClusterImage(newRevision, newCluster, newNodes, newNamespaces, newShards);
  }

  /**
   * The changes that lead from this image to another, so that {@link #with} of them is that one.
   *
   * @return empty where changes cannot say it: a shard or the cluster is gone, or it is another one
   */
  public Optional<List<MapChange>> changesTo(ClusterImage next) {
    boolean lost = !next.shards.keySet().containsAll(shards.keySet());
    if (lost || cluster.isPresent() && !clusterId().equals(next.clusterId())) {
      return Optional.empty();
    }
    List<MapChange> changes = new ArrayList<>();
    if (!cluster.equals(next.cluster)) {
      next.cluster.ifPresent(c -> changes.add(MapChange.newBuilder().setCluster(c).build()));
    }
    changed(nodes, next.nodes, node -> changes.add(MapChange.newBuilder().setNode(node).build()));
    gone(nodes, next.nodes, id -> changes.add(MapChange.newBuilder().setNodeRemoved(id).build()));
    changed(
        namespaces,
        next.namespaces,
        entry -> changes.add(MapChange.newBuilder().setNamespace(entry).build()));
    gone(
        namespaces,
        next.namespaces,
        id -> changes.add(MapChange.newBuilder().setNamespaceRemoved(id).build()));
    changed(
        shards, next.shards, shard -> changes.add(MapChange.newBuilder().setShard(shard).build()));
    return Optional.of(changes);
  }

  private static <K, V> void changed(Map<K, V> from, Map<K, V> to, Consumer<V> tell) {
    to.forEach(
        (key, value) -> {
          V before = from.get(key);
          if (before != value && !value.equals(before)) {
            tell.accept(value);
          }
        });
  }

  private static <K> void gone(Map<K, ?> from, Map<K, ?> to, Consumer<K> tell) {
    from.keySet().stream().filter(key -> !to.containsKey(key)).forEach(tell);
  }

  /** The map that this is an image of. */
  public ClusterMap toMap() {
    ClusterMap.Builder map =
        ClusterMap.newBuilder()
            .setRevision(revision)
            .addAllNodes(nodes.values())
            .addAllNamespaces(namespaces.values())
            .addAllShards(shards.values());
    cluster.ifPresent(map::setCluster);
    return map.build();
  }

  /** Rises with every change; 0 where nothing is known. */
  public long revision() {
    return revision;
  }

  /** What was fixed when the cluster was initialised; empty before that. */
  public Optional<Cluster> cluster() {
    return cluster;
  }

  /** The cluster's id; empty before it is initialised. */
  public String clusterId() {
    return cluster.map(Cluster::getClusterId).orElse("");
  }

  /** Whether the log was created and checked. No write is admitted before. */
  public boolean logReady() {
    return cluster.map(Cluster::hasLog).orElse(false);
  }

  /** Whether a namespace is in use: neither deleted nor on its way to be dropped. */
  public static boolean isActive(NamespaceEntry entry) {
    return switch (entry.getState()) {
      case ACTIVE, NAMESPACE_STATE_UNSPECIFIED -> true;
      case DELETED, DROPPING, DROPPED, UNRECOGNIZED -> false;
    };
  }

  /** The namespace in use that has a name. */
  public Optional<NamespaceEntry> namespace(String name) {
    return Optional.ofNullable(activeByName.get(name));
  }

  /** The namespace that was deleted last under a name, of those that are not being dropped yet. */
  public Optional<NamespaceEntry> deletedNamespace(String name) {
    return Optional.ofNullable(deletedByName.get(name));
  }

  /**
   * What to answer where no namespace in use has a name: NAMESPACE_NOT_FOUND, which says so where
   * one was deleted, and until when it can be undeleted.
   */
  public ByssusException namespaceNotFound(String name) {
    return new ByssusException(
        ErrorCode.NAMESPACE_NOT_FOUND,
        "there is no namespace '"
            + name
            + "'"
            + deletedNamespace(name)
                .map(
                    deleted ->
                        ": it was deleted, and can be undeleted until "
                            + Instant.ofEpochMilli(deleted.getUndeleteUntilMs()))
                .orElse(""));
  }

  /** The namespace of an id, wherever it stands in its life: see {@link #isActive}. */
  public Optional<NamespaceEntry> namespace(int id) {
    return Optional.ofNullable(namespaces.get(id));
  }

  /** The namespaces, by id, wherever they stand in their lives: see {@link #isActive}. */
  public Collection<NamespaceEntry> namespaces() {
    return namespaces.values();
  }

  /** Which servers hold a shard; empty before the first placement. */
  public Optional<ShardAssignment> shard(int shard) {
    return Optional.ofNullable(shards.get(shard));
  }

  /** The shards, by number; none before the first placement. */
  public Collection<ShardAssignment> shards() {
    return shards.values();
  }

  /** The server or dispatcher of an id. */
  public Optional<Node> node(String nodeId) {
    return Optional.ofNullable(nodes.get(nodeId));
  }

  /** Servers and dispatchers, by id. */
  public Collection<Node> nodes() {
    return nodes.values();
  }

  @Override
  public String toString() {
    return "revision "
        + revision
        + ", "
        + cluster.map(c -> "cluster " + c.getName()).orElse("no cluster")
        + ", "
        + nodes.size()
        + " nodes, "
        + namespaces.size()
        + " namespaces, "
        + shards.size()
        + " shards";
  }
}
