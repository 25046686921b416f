package io.byssus.systemtests.simulation;

import io.byssus.proto.admin.v1.NodeRole;
import io.byssus.proto.internal.v1.Node;
import io.byssus.proto.internal.v1.RegisterNodeCommand;
import io.byssus.proto.internal.v1.ReplicaReport;
import java.util.List;
import java.util.function.Supplier;

/**
 * How a process is a node of the cluster: it registers until its map says that it is up, and sends
 * heartbeats with what it reports.
 */
final class Membership {
  private static final long HEARTBEAT_NANOS = 2_500_000_000L;

  private final Simulation simulation;
  private final SimulatedProcess process;
  private final NodeRole role;
  private final MapWatch watch;
  private final Supplier<List<ReplicaReport>> reports;

  Membership(
      Simulation simulation,
      SimulatedProcess process,
      NodeRole role,
      MapWatch watch,
      Supplier<List<ReplicaReport>> reports) {
    this.simulation = simulation;
    this.process = process;
    this.role = role;
    this.watch = watch;
    this.reports = reports;
  }

  /** Begins with the process' life. */
  void start() {
    process.after(simulation.schedule().between(0, 1_000), "heartbeat", this::beat);
  }

  /** Names this life of the process. */
  String instance() {
    return process.name() + "-" + process.life();
  }

  /** Whether the map counts this life of the process among the nodes. */
  boolean known() {
    return watch
        .image()
        .node(process.name())
        .map(node -> node.getInstanceId().equals(instance()))
        .orElse(false);
  }

  RegisterNodeCommand registration() {
    return RegisterNodeCommand.newBuilder()
        .setClusterId(Simulation.CLUSTER)
        .setNode(
            Node.newBuilder()
                .setNodeId(process.name())
                .setRole(role)
                .setAddress(process.name() + ":7070")
                .setInstanceId(instance()))
        .build();
  }

  private void beat() {
    boolean up = watch.image().node(process.name()).map(Node::getUp).orElse(false);
    if (known() && up) {
      List<ReplicaReport> told = reports.get();
      long revision = watch.image().revision();
      String instance = instance();
      for (ControlMember member : simulation.controlPlane().members()) {
        simulation
            .network()
            .send(
                process,
                member.process(),
                "heartbeat",
                () ->
                    simulation
                        .controlPlane()
                        .heartbeat(member, process.name(), instance, revision, told));
      }
    } else {
      simulation.request(process, command -> command.setRegisterNode(registration()));
    }
    process.after(HEARTBEAT_NANOS, "heartbeat", this::beat);
  }
}
