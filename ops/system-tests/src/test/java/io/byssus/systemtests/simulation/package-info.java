/**
 * The whole of Byssus in one thread, on a clock that only the simulation moves.
 *
 * <p>Everything that happens is an event of one queue, ordered by time and, at one time, by chance;
 * all chance comes from one seed. So a run is a function of its seed, and a failing one can be had
 * again. What decides is the code of production: the shard with its database, the writers' stamps
 * and windows, the write path of the dispatcher, the choice of a replica, the state machine and the
 * planner of the control plane. Threads, sockets, Kafka and Raft are stood in for: see {@link
 * io.byssus.systemtests.simulation.Network}, {@link io.byssus.systemtests.simulation.LogPartition}
 * and {@link io.byssus.systemtests.simulation.ControlPlane}. Classes of production that are not
 * public are reached through one small public class in their package, called a seat; that of the
 * dispatcher needs only what is public, and stands here.
 */
package io.byssus.systemtests.simulation;
