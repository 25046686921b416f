package io.byssus.client.admin;

/**
 * How much a namespace holds, estimated from what one replica of each shard holds.
 *
 * @param recordsEstimate how many records, about; older versions and what has expired but is not
 *     removed yet may count
 * @param diskBytes how many bytes on disk in one copy of the data, about
 * @param shardsCounted how many shards told
 * @param shardCount how many shards there are
 */
public record NamespaceSizes(
    long recordsEstimate, long diskBytes, int shardsCounted, int shardCount) {}
