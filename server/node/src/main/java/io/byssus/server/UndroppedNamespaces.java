package io.byssus.server;

import io.byssus.clustermap.ClusterImage;
import io.byssus.model.ByssusException;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.ReplicaReport;
import io.byssus.storage.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Namespaces that a map wants gone and that replicas still hold. */
final class UndroppedNamespaces {
  /** Ids in one report. */
  private static final int MOST_REPORTED = 100;

  private UndroppedNamespaces() {}

  /** What a replica still holds: the lowest ids, a hundred at the most. */
  static List<Integer> of(ClusterImage map, Replica replica) {
    Set<Integer> held = replica.shardIfOpen().map(Shard::namespaces).orElse(Set.of());
    return held.stream()
        .filter(id -> map.namespace(id).filter(UndroppedNamespaces::isToBeDropped).isPresent())
        .sorted()
        .limit(MOST_REPORTED)
        .toList();
  }

  private static boolean isToBeDropped(NamespaceEntry entry) {
    return entry.getState() == NamespaceState.DROPPING
        || entry.getState() == NamespaceState.DROPPED;
  }

  /** What the control plane is told of the replicas: with what of the map they still hold. */
  static List<ReplicaReport> reports(ClusterImage map, ReplicaHost host) {
    List<ReplicaReport> reports = new ArrayList<>();
    for (ReplicaReport report : host.reports()) {
      try {
        reports.add(
            report.toBuilder()
                .addAllUndroppedNamespaces(of(map, host.replica(report.getShard())))
                .build());
      } catch (ByssusException e) {
        // Closed this moment: there is nothing to report of it.
        continue;
      }
    }
    return reports;
  }
}
