package io.byssus.controlplane.node;

import io.byssus.controlplane.state.ControlPlaneState;
import io.byssus.controlplane.state.Decision;

/**
 * What became of a command that was committed.
 *
 * @param decision what it came to
 * @param after the state after it
 */
record Outcome(Decision decision, ControlPlaneState after) {
  /**
   * The state after an accepted command.
   *
   * @throws io.byssus.model.ByssusException the reason of a rejected one
   */
  ControlPlaneState accepted() {
    if (decision instanceof Decision.Rejected rejected) {
      throw rejected.reason();
    }
    return after;
  }
}
