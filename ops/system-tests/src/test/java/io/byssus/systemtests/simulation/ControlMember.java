package io.byssus.systemtests.simulation;

import io.byssus.controlplane.state.ChangeHistory;
import io.byssus.controlplane.state.ControlPlaneState;
import io.byssus.controlplane.state.ControlPlaneStateMachine;
import io.byssus.controlplane.state.Decision;
import io.byssus.proto.internal.v1.ControlCommand;
import io.byssus.proto.internal.v1.ControlSnapshot;
import io.byssus.proto.internal.v1.MapChange;
import io.byssus.proto.internal.v1.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One member of the control plane: applies what is committed, and tells watchers of it. */
final class ControlMember {
  /** Few, so that watchers often need the whole map. */
  private static final int HISTORY = 12;

  private final SimulatedProcess process;
  private ControlPlaneState state = ControlPlaneState.initial();
  private ChangeHistory history = new ChangeHistory(HISTORY, 0);
  private int applied;
  private ControlSnapshot snapshot = state.toSnapshot();
  private int snapshotAt;
  private List<CompletableFuture<Void>> watchers = new ArrayList<>();

  ControlMember(SimulatedProcess process) {
    this.process = process;
  }

  SimulatedProcess process() {
    return process;
  }

  ControlPlaneState state() {
    return state;
  }

  int applied() {
    return applied;
  }

  /** Applies the next command and returns what it came to. */
  Decision apply(ControlCommand command) {
    Decision decision = ControlPlaneStateMachine.decide(state, command);
    ControlPlaneState after = ControlPlaneStateMachine.replay(state, decision.changes());
    if (after != state) {
      history.add(after.image().revision(), decision.changes());
      state = after;
      List<CompletableFuture<Void>> told = watchers;
      watchers = new ArrayList<>();
      told.forEach(watcher -> watcher.complete(null));
    }
    applied++;
    return decision;
  }

  void takeSnapshot() {
    snapshot = state.toSnapshot();
    snapshotAt = applied;
  }

  void crash() {
    process.crash();
    watchers = new ArrayList<>();
  }

  /** Starts from the last snapshot. */
  void restart() {
    process.start();
    state = ControlPlaneState.of(snapshot);
    applied = snapshotAt;
    history = new ChangeHistory(HISTORY, state.image().revision());
  }

  /** The next step for a watcher at a revision: at once, or when there is one. */
  CompletableFuture<WatchResponse> watch(long afterRevision) {
    if (state.image().revision() > afterRevision) {
      return CompletableFuture.completedFuture(step(afterRevision));
    }
    CompletableFuture<Void> change = new CompletableFuture<>();
    watchers.add(change);
    return change.thenApply(changed -> step(afterRevision));
  }

  /** What a member has, ahead or behind: what a watcher that does not say where it is gets. */
  CompletableFuture<WatchResponse> wholeMap() {
    return CompletableFuture.completedFuture(whole());
  }

  private WatchResponse step(long afterRevision) {
    Optional<List<MapChange>> changes =
        afterRevision == 0 ? Optional.empty() : history.after(afterRevision);
    return changes
        .map(
            known ->
                WatchResponse.newBuilder()
                    .setRevision(afterRevision + known.size())
                    .addAllChanges(known)
                    .build())
        .orElseGet(this::whole);
  }

  private WatchResponse whole() {
    return WatchResponse.newBuilder()
        .setRevision(state.image().revision())
        .setMap(state.image().toMap())
        .build();
  }
}
