/**
 * The cluster map, and how to follow it: what servers, dispatchers and clients in direct mode need
 * to know of the control plane.
 *
 * <p>Start reading at {@link io.byssus.clustermap.ClusterMapWatcher}.
 */
package io.byssus.clustermap;
