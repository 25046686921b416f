/**
 * The server process: holds the replicas that the control plane assigns to it, replays their logs
 * and answers reads.
 *
 * <p>Begin with {@link io.byssus.server.ServerNode}, which puts the parts together; {@code
 * ReplicaHost} follows the assignments, {@code Replica} is one of them, {@code ReadService}
 * answers.
 */
package io.byssus.server;
