/**
 * Whole clusters for one machine: {@link io.byssus.cluster.LocalCluster} in one JVM, on data that
 * stays, and {@link io.byssus.cluster.ClusterProcesses} as a throw-away set of processes that can
 * be killed one by one.
 */
package io.byssus.cluster;
