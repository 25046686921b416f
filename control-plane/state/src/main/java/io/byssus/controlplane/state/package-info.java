/**
 * The control plane as a deterministic state machine: commands in, changes of the cluster map out.
 * No clock, no randomness, no I/O; time enters only inside commands.
 *
 * <p>Start reading at {@link io.byssus.controlplane.state.ControlPlaneStateMachine}.
 */
package io.byssus.controlplane.state;
