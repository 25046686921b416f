package io.byssus.controlplane.node;

import io.byssus.clustermap.ClusterImage;
import io.byssus.controlplane.state.NamespaceDropPlanner;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.internal.v1.NamespaceEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The namespaces that have been deleted for good and do not go: a replica that has halted, say,
 * holds its namespaces for ever. Tells of each after a minute, and every ten minutes from then on.
 * For one thread.
 */
final class SlowDrops {
  static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);
  static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** What is told of them at once: the namespaces, and what each waits for. */
  static final int MOST_TOLD = 5;

  private final Map<Integer, Long> tellAtNanos = new HashMap<>();

  /**
   * A namespace that does not go.
   *
   * @param why some of what it waits for, for people
   * @param obstacles how much it waits for
   */
  record SlowDrop(int namespaceId, NamespaceState state, List<String> why, int obstacles) {}

  /** Forgets what it has seen: while another leads. */
  void begin() {
    tellAtNanos.clear();
  }

  /** The namespaces to be told of now. */
  List<SlowDrop> due(
      ClusterImage image, long nowMs, NamespaceDropPlanner.Reports reports, long nowNanos) {
    List<NamespaceEntry> going =
        image.namespaces().stream()
            .filter(
                entry ->
                    entry.getState() == NamespaceState.DROPPING
                        || entry.getState() == NamespaceState.DELETED
                            && nowMs >= entry.getUndeleteUntilMs())
            .toList();
    Set<Integer> ids = going.stream().map(SlowDrops::id).collect(Collectors.toSet());
    tellAtNanos.keySet().retainAll(ids);
    List<SlowDrop> due = new ArrayList<>();
    for (NamespaceEntry entry : going) {
      long at = tellAtNanos.computeIfAbsent(id(entry), id -> nowNanos + PATIENCE_NANOS);
      if (at - nowNanos > 0 || due.size() == MOST_TOLD) {
        continue;
      }
      tellAtNanos.put(id(entry), nowNanos + AGAIN_NANOS);
      List<String> why = NamespaceDropPlanner.obstacles(image, entry, reports);
      if (!why.isEmpty()) {
        due.add(
            new SlowDrop(
                id(entry),
                entry.getState(),
                why.subList(0, Math.min(why.size(), MOST_TOLD)),
                why.size()));
      }
    }
    return due;
  }

  private static int id(NamespaceEntry entry) {
    return entry.getRules().getNamespaceId();
  }
}
