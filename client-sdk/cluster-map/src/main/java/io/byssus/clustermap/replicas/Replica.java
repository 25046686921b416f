package io.byssus.clustermap.replicas;

/**
 * A server that holds a shard.
 *
 * @param nodeId the server's id
 * @param address its gRPC address, host:port
 */
public record Replica(String nodeId, String address) {}
