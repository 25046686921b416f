package io.byssus.systemtests.simulation;

import io.byssus.clustermap.ClusterImage;
import io.byssus.proto.admin.v1.NamespaceSpec;
import io.byssus.proto.admin.v1.NamespaceState;
import io.byssus.proto.internal.v1.CreateNamespaceCommand;
import io.byssus.proto.internal.v1.DeleteNamespaceCommand;
import io.byssus.proto.internal.v1.NamespaceEntry;
import io.byssus.proto.internal.v1.UndeleteNamespaceCommand;
import io.byssus.proto.internal.v1.UpdateNamespaceCommand;
import java.util.Optional;

/** Somebody who makes, changes, deletes, takes back and makes anew one namespace, all the time. */
final class Administrator {
  private static final int MOST_CREATED = 6;

  private final Simulation simulation;
  private final SimulatedProcess process;
  private int created;

  Administrator(Simulation simulation) {
    this.simulation = simulation;
    this.process = simulation.process("administrator");
  }

  void start() {
    act();
  }

  private void act() {
    if (simulation.calm()) {
      return;
    }
    Schedule schedule = simulation.schedule();
    ClusterImage known = simulation.controlPlane().truth();
    Optional<NamespaceEntry> entry = known.namespace(Workload.EVENTS);
    boolean deleted =
        known.namespaces().stream()
            .anyMatch(
                other ->
                    other.getState() == NamespaceState.DELETED
                        && other.getRules().getName().equals(Workload.EVENTS));
    if (entry.isEmpty() && deleted && schedule.oneIn(2)) {
      undelete();
    } else if (entry.isEmpty() && created < MOST_CREATED) {
      created++;
      create();
    } else if (entry.isPresent() && schedule.oneIn(2)) {
      delete(1 + schedule.between(500, 6_000) / 1_000_000);
    } else if (entry.isPresent()) {
      update();
    }
    process.after(schedule.between(500, 5_000), "administer", this::act);
  }

  private NamespaceSpec.Builder spec() {
    return NamespaceSpec.newBuilder()
        .setName(Workload.EVENTS)
        .setDefaultTtlMs(
            simulation.schedule().oneIn(2)
                ? 0
                : 1_000 + simulation.schedule().random().nextInt(8_000));
  }

  private void create() {
    simulation.request(
        process,
        command -> command.setCreateNamespace(CreateNamespaceCommand.newBuilder().setSpec(spec())));
  }

  private void update() {
    simulation.request(
        process,
        command -> command.setUpdateNamespace(UpdateNamespaceCommand.newBuilder().setSpec(spec())));
  }

  private void delete(long graceMillis) {
    simulation.request(
        process,
        command ->
            command.setDeleteNamespace(
                DeleteNamespaceCommand.newBuilder()
                    .setName(Workload.EVENTS)
                    .setGraceMs(graceMillis)));
  }

  private void undelete() {
    simulation.request(
        process,
        command ->
            command.setUndeleteNamespace(
                UndeleteNamespaceCommand.newBuilder().setName(Workload.EVENTS)));
  }

  /** Whether every namespace is in use or gone for good. */
  boolean atRest() {
    return simulation.controlPlane().truth().namespaces().stream()
        .allMatch(
            entry -> ClusterImage.isActive(entry) || entry.getState() == NamespaceState.DROPPED);
  }
}
