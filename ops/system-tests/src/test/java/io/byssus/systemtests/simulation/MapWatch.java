package io.byssus.systemtests.simulation;

import io.byssus.clustermap.ClusterImage;
import io.byssus.proto.internal.v1.WatchResponse;
import java.util.concurrent.CompletableFuture;

/**
 * How a process follows the map: at one member, and at another when that one fails, is silent or is
 * behind. The last map outlives the process, as its map file does.
 */
final class MapWatch {
  private static final long SILENCE_NANOS = 5_000_000_000L;

  private final Simulation simulation;
  private final SimulatedProcess process;
  private final Runnable changed;
  private ClusterImage image = ClusterImage.empty();
  private ControlMember member;

  MapWatch(Simulation simulation, SimulatedProcess process, Runnable changed) {
    this.simulation = simulation;
    this.process = process;
    this.changed = changed;
  }

  ClusterImage image() {
    return image;
  }

  /** Begins with the process' life. */
  void start() {
    member = simulation.controlPlane().anyMember();
    ask();
  }

  private void ask() {
    ControlMember asked = member;
    boolean old = simulation.planted(PlantedBug.OLDER_MAPS_TAKEN) && simulation.schedule().oneIn(2);
    CompletableFuture<WatchResponse> answer =
        simulation
            .network()
            .call(
                process,
                asked.process(),
                "watch",
                SILENCE_NANOS,
                () -> old ? asked.wholeMap() : asked.watch(image.revision()));
    simulation.then(
        answer,
        (step, failure) -> {
          if (failure == null && (old || step.getRevision() >= image.revision())) {
            take(step);
            ask();
          } else {
            member = simulation.controlPlane().anyMember();
            process.after(simulation.schedule().between(20, 500), "watch anew", this::ask);
          }
        });
  }

  private void take(WatchResponse step) {
    long before = image.revision();
    ClusterImage next =
        simulation.planted(PlantedBug.OLDER_MAPS_TAKEN) && step.hasMap()
            ? ClusterImage.of(step.getMap())
            : image.apply(step);
    Invariant.MAP_REVISIONS_NEVER_GO_BACK.hold(
        next.revision() >= before,
        "%s goes from revision %d to %d",
        process,
        before,
        next.revision());
    if (next != image) {
      image = next;
      changed.run();
    }
  }
}
