/**
 * The control-plane process: a member of one Raft group that holds what all processes of a cluster
 * know in common.
 *
 * <p>Start reading at {@link io.byssus.controlplane.node.ControlPlaneNode}; the rules themselves
 * are in {@link io.byssus.controlplane.state.ControlPlaneStateMachine}.
 */
package io.byssus.controlplane.node;
