package io.byssus.controlplane.node;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.StateMachineAdapter;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RaftException;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import com.google.protobuf.InvalidProtocolBufferException;
import io.byssus.clustermap.ClusterImage;
import io.byssus.clustermap.WatchedMap;
import io.byssus.controlplane.state.ChangeHistory;
import io.byssus.controlplane.state.ControlPlaneState;
import io.byssus.controlplane.state.ControlPlaneStateMachine;
import io.byssus.controlplane.state.Decision;
import io.byssus.proto.internal.v1.ControlCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control plane's state on this member, fed by Raft: applies committed commands through {@link
 * ControlPlaneStateMachine} and publishes what comes out.
 *
 * <p>JRaft calls the {@code on…} methods from one thread of its own. None of them throws: JRaft
 * would go on waiting for an entry that is never applied, and nobody would know. What cannot be
 * applied halts the member by name, and JRaft is told, so that a leader steps down.
 */
final class ReplicatedState extends StateMachineAdapter implements WatchedMap {
  private static final Logger log = LoggerFactory.getLogger(ReplicatedState.class);
  private static final String SNAPSHOT_FILE = "state";

  private final HaltSwitch halt;
  private final ChangeHistory history;
  private final List<Runnable> changeListeners = new CopyOnWriteArrayList<>();
  private final List<LongConsumer> leadershipListeners = new CopyOnWriteArrayList<>();
  private final AtomicLong appliedIndex = new AtomicLong();
  private final AtomicLong appliedSinceSnapshot = new AtomicLong();
  private volatile ControlPlaneState state = ControlPlaneState.initial();
  private volatile long leaderTerm;

  /**
   * An empty state.
   *
   * @param historyChanges how many changes are kept for watchers that were away
   */
  ReplicatedState(HaltSwitch halt, int historyChanges) {
    this.halt = halt;
    this.history = new ChangeHistory(historyChanges, 0);
  }

  ControlPlaneState state() {
    return state;
  }

  @Override
  public ClusterImage image() {
    return state.image();
  }

  /** Each change is one revision. */
  @Override
  public Optional<Step> stepFrom(long revision) {
    return history.after(revision).map(changes -> new Step(revision + changes.size(), changes));
  }

  /** The term that this member leads; 0 where it does not. */
  long leaderTerm() {
    return leaderTerm;
  }

  long appliedIndex() {
    return appliedIndex.get();
  }

  /** How many commands a restart would have to apply again. */
  long appliedSinceSnapshot() {
    return appliedSinceSnapshot.get();
  }

  /** Calls back after each change, on JRaft's thread: must be quick and not throw. */
  @Override
  public void onChange(Runnable listener) {
    changeListeners.add(listener);
  }

  /**
   * Calls back with the term that this member begins to lead, before {@link #leaderTerm} says so;
   * or with 0 when it has stopped to.
   */
  void onLeadership(LongConsumer listener) {
    leadershipListeners.add(listener);
  }

  @Override
  public void onApply(Iterator entries) {
    while (entries.hasNext()) {
      Outcome outcome;
      try {
        outcome = apply(entries);
      } catch (Throwable e) {
        String message = "the command at index " + entries.getIndex() + " cannot be applied: " + e;
        halt.halt(HaltReason.APPLY_FAILED, message, e);
        entries.setErrorAndRollback(1, new Status(RaftError.ESTATEMACHINE, "%s", message));
        return;
      }
      if (entries.done() instanceof Proposal proposal) {
        proposal.applied(outcome);
      }
      entries.next();
    }
  }

  private Outcome apply(Iterator entries) throws InvalidProtocolBufferException {
    if (halt.state().isPresent()) {
      throw new IllegalStateException("the member has halted");
    }
    ControlCommand command = ControlCommand.parseFrom(entries.getData().duplicate());
    ControlPlaneState before = state;
    Decision decision = ControlPlaneStateMachine.decide(before, command);
    ControlPlaneState after = ControlPlaneStateMachine.replay(before, decision.changes());
    publish(after, () -> history.add(after.image().revision(), decision.changes()));
    appliedIndex.set(entries.getIndex());
    appliedSinceSnapshot.incrementAndGet();
    return new Outcome(decision, after);
  }

  /** The history first: who sees the new revision must find its changes. */
  private void publish(ControlPlaneState after, Runnable keepHistory) {
    if (after == state) {
      return;
    }
    keepHistory.run();
    state = after;
    changeListeners.forEach(Runnable::run);
  }

  @Override
  public void onSnapshotSave(SnapshotWriter writer, Closure done) {
    Status status = Status.OK();
    try {
      StateFile.write(Path.of(writer.getPath(), SNAPSHOT_FILE), state.toSnapshot());
      if (writer.addFile(SNAPSHOT_FILE)) {
        appliedSinceSnapshot.set(0);
      } else {
        status = new Status(RaftError.EIO, "the snapshot's file was refused");
      }
    } catch (IOException | RuntimeException e) {
      // The log stays longer, and the next snapshot may succeed.
      log.error("A snapshot could not be written", e);
      status = new Status(RaftError.EIO, "a snapshot could not be written: %s", e);
    }
    done.run(status);
  }

  @Override
  public boolean onSnapshotLoad(SnapshotReader reader) {
    try {
      ControlPlaneState loaded =
          ControlPlaneState.of(StateFile.read(Path.of(reader.getPath(), SNAPSHOT_FILE)));
      publish(loaded, () -> history.restart(loaded.image().revision()));
      appliedIndex.set(reader.load().getLastIncludedIndex());
      appliedSinceSnapshot.set(0);
      log.info("Loaded a snapshot: revision={}", loaded.image().revision());
      return true;
    } catch (IOException | RuntimeException e) {
      halt.halt(HaltReason.SNAPSHOT_UNREADABLE, "a snapshot cannot be read: " + e, e);
      return false;
    }
  }

  @Override
  public void onLeaderStart(long term) {
    log.info("Leading: term={}", term);
    tellLeadership(term);
  }

  @Override
  public void onLeaderStop(Status status) {
    log.info("No longer leading: reason={}", status);
    tellLeadership(0);
  }

  /** Nobody may act as leader before the parts are prepared for it, nor after they were told. */
  private void tellLeadership(long term) {
    if (term == 0) {
      leaderTerm = 0;
    }
    leadershipListeners.forEach(listener -> listener.accept(term));
    leaderTerm = term;
  }

  @Override
  public void onError(RaftException error) {
    halt.halt(HaltReason.RAFT_FAILED, error.getType() + ": " + error.getStatus(), error);
    tellLeadership(0);
  }
}
