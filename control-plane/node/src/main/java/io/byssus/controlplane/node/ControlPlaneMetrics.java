package io.byssus.controlplane.node;

import io.byssus.clustermap.WatchHub;
import io.byssus.controlplane.state.PlacementPlanner;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.Node;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.function.Supplier;

/** What a member shows of itself and, from what it has applied, of the cluster. */
final class ControlPlaneMetrics {
  private final MeterRegistry registry;

  private ControlPlaneMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  static void register(
      MeterRegistry registry,
      ReplicatedState state,
      VoteGate votes,
      HaltSwitch halt,
      WatchHub watches) {
    ControlPlaneMetrics metrics = new ControlPlaneMetrics(registry);
    metrics.gauge(
        "leader", "1 while this member leads, else 0", () -> state.leaderTerm() != 0 ? 1 : 0);
    metrics.gauge("term", "The Raft term on disk", votes::storedTerm);
    metrics.gauge("revision", "The revision of the map", () -> state.image().revision());
    metrics.gauge("applied.index", "The last Raft entry applied", state::appliedIndex);
    metrics.gauge(
        "halted", "1 once this member has halted, else 0", () -> halt.state().isPresent() ? 1 : 0);
    metrics.gauge("watchers", "Open watch streams", watches::watchers);
    metrics.gauge(
        "shards.under.replicated",
        "Shards with fewer replicas up than they should have",
        () -> PlacementPlanner.underReplicated(state.image()));
    for (NodeRole role : new NodeRole[] {NodeRole.SERVER, NodeRole.DISPATCHER}) {
      metrics.nodes(state, role, true);
      metrics.nodes(state, role, false);
    }
    for (NamespaceState life : NamespaceState.values()) {
      if (life != NamespaceState.NAMESPACE_STATE_UNSPECIFIED
          && life != NamespaceState.UNRECOGNIZED) {
        metrics.namespaces(state, life);
      }
    }
  }

  private void nodes(ReplicatedState state, NodeRole role, boolean up) {
    Gauge.builder(
            "byssus.control.nodes",
            () ->
                state.image().nodes().stream()
                    .filter(node -> node.getRole() == role)
                    .map(Node::getUp)
                    .filter(nodeUp -> nodeUp == up)
                    .count())
        .description("Nodes in the map")
        .tags(
            Tags.of("node_role", role.name().toLowerCase(Locale.ROOT), "state", up ? "up" : "down"))
        .register(registry);
  }

  private void namespaces(ReplicatedState state, NamespaceState life) {
    Gauge.builder(
            "byssus.control.namespaces",
            () ->
                state.image().namespaces().stream()
                    .filter(entry -> entry.getState() == life)
                    .count())
        .description("Namespaces in the map, by where they stand in their life")
        .tags(Tags.of("state", life.name().toLowerCase(Locale.ROOT)))
        .register(registry);
  }

  private void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder("byssus.control." + name, value).description(description).register(registry);
  }
}
