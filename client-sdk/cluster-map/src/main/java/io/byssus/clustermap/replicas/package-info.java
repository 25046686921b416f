/**
 * What dispatchers, and SDKs in direct mode, share of choosing a replica: how each stands ({@link
 * io.byssus.clustermap.replicas.ReplicaBoard}, followed by {@link
 * io.byssus.clustermap.replicas.ReplicaWatcherHost}), which to ask first ({@link
 * io.byssus.clustermap.replicas.ShardRouter}), one read's way through them ({@link
 * io.byssus.clustermap.replicas.ReplicaSearch}), and how strong it is ({@link
 * io.byssus.clustermap.replicas.ReadLevel}).
 */
package io.byssus.clustermap.replicas;
