package io.byssus.controlplane.node;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import java.util.concurrent.CompletableFuture;

/** A command on its way through Raft: completes when this member has applied it, or will not. */
final class Proposal implements Closure {
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

  CompletableFuture<Outcome> outcome() {
    return outcome;
  }

  void applied(Outcome result) {
    outcome.complete(result);
  }

  /** How JRaft tells that the command was not applied here. */
  @Override
  public void run(Status status) {
    if (status.isOk()) {
      // The state machine has completed it before JRaft could.
      return;
    }
    outcome.completeExceptionally(
        new ByssusException(code(status.getRaftError()), "the command failed: " + status));
  }

  private static ErrorCode code(RaftError error) {
    return switch (error) {
      case EPERM, ENEWLEADER -> ErrorCode.NOT_LEADER;
      case EBUSY -> ErrorCode.OVERLOADED;
      // It may have been committed all the same; repeats are idempotent.
      default -> ErrorCode.CONTROL_PLANE_UNAVAILABLE;
    };
  }
}
