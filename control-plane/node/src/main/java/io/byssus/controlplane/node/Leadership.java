package io.byssus.controlplane.node;

import io.byssus.controlplane.state.ControlPlaneState;
import io.byssus.controlplane.state.ControlPlaneStateMachine;
import io.byssus.controlplane.state.Decision;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.internal.v1.ControlCommand;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What only the leader may do, and how others are sent to it. */
final class Leadership {
  private final RaftGroup group;
  private final ReplicatedState state;
  private final HaltSwitch halt;
  private final Clock clock;

  Leadership(RaftGroup group, ReplicatedState state, HaltSwitch halt, Clock clock) {
    this.group = group;
    this.state = state;
    this.halt = halt;
    this.clock = clock;
  }

  /**
   * The state, if this member leads.
   *
   * @throws ByssusException {@link ErrorCode#NOT_LEADER} with the leader's address where known
   */
  ControlPlaneState require() {
    halt.check();
    if (state.leaderTerm() == 0) {
      throw notLeader();
    }
    return state.state();
  }

  /** A command of now, to be filled in. */
  ControlCommand.Builder command() {
    return ControlCommand.newBuilder()
        .setFormatVersion(ControlPlaneStateMachine.COMMAND_FORMAT)
        .setNowMs(clock.millis());
  }

  /**
   * Has a command committed and applied. What the present state refuses, or has already, is
   * answered at once and takes no room in the Raft log.
   *
   * @return the state after it
   * @throws ByssusException the rejection, or why it could not be committed in time
   */
  ControlPlaneState submit(ControlCommand command, Duration limit) {
    ControlPlaneState before = require();
    Outcome now = new Outcome(ControlPlaneStateMachine.decide(before, command), before);
    if (now.decision().changes().isEmpty()) {
      return now.accepted();
    }
    try {
      return group.propose(command).get(limit.toMillis(), TimeUnit.MILLISECONDS).accepted();
    } catch (ExecutionException e) {
      ByssusException reason =
          e.getCause() instanceof ByssusException error
              ? error
              : new ByssusException(ErrorCode.CONTROL_PLANE_UNAVAILABLE, "no commit", e);
      throw reason.code() == ErrorCode.NOT_LEADER ? notLeader() : reason;
    } catch (TimeoutException e) {
      halt.check();
      throw new ByssusException(
          ErrorCode.CONTROL_PLANE_UNAVAILABLE,
          "the members did not commit within " + limit.toMillis() + " ms",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ByssusException(ErrorCode.SHUTTING_DOWN, "this member is stopping", e);
    }
  }

  /** What a command comes to now, without having it committed. */
  Decision foresee(ControlCommand command) {
    return ControlPlaneStateMachine.decide(require(), command);
  }

  private ByssusException notLeader() {
    return group
        .leader()
        .map(
            leader ->
                new ByssusException(
                    ErrorCode.NOT_LEADER,
                    "the leader is " + leader.id() + " at " + leader.address(),
                    List.of(),
                    Map.of("leader", leader.address().toString()),
                    null))
        .orElseGet(
            () -> new ByssusException(ErrorCode.NOT_LEADER, "no leader is known at present"));
  }
}
