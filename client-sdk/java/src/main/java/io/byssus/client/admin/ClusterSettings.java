package io.byssus.client.admin;

/**
 * What is fixed when a cluster is initialised.
 *
 * @param name part of the names of its topics: 1 to 40 of a-z, 0-9 and -, starting with a letter
 * @param shardCount 1 to 65,536, fixed for the cluster's life
 * @param replicationFactor how many servers hold each shard: 1 to 7
 * @param expectedServers the first placement waits until this many servers are up; 0: as many as
 *     {@code replicationFactor}
 * @param logReplicationFactor how many brokers hold each partition of the log: 1 to 7; 0: as the
 *     brokers are set
 */
public record ClusterSettings(
    String name,
    int shardCount,
    int replicationFactor,
    int expectedServers,
    int logReplicationFactor) {}
