package io.byssus.dispatcher;

/**
 * A server that holds a shard.
 *
 * @param nodeId the server's id
 * @param address its gRPC address, host:port
 */
record Replica(String nodeId, String address) {}
