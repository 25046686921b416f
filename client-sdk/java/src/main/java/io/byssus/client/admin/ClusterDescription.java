package io.byssus.client.admin;

/**
 * What a cluster is.
 *
 * @param id random; tells clusters apart
 * @param name its name
 * @param shardCount the number of shards
 * @param replicationFactor how many servers hold each shard
 * @param expectedServers how many servers the first placement waits for
 * @param revision the revision of the control plane's state
 * @param logReady whether the log is created and checked; no write is admitted before
 * @param placed whether every shard has been placed for the first time
 */
public record ClusterDescription(
    String id,
    String name,
    int shardCount,
    int replicationFactor,
    int expectedServers,
    long revision,
    boolean logReady,
    boolean placed) {}
