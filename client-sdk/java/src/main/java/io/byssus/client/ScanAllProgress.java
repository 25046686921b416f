package io.byssus.client;

/**
 * How far the read of a namespace has come.
 *
 * @param records how many records have come
 * @param shardsDone how many shards have been read to their end
 * @param shardCount how many there are; 0 before the cursor was first read
 */
public record ScanAllProgress(long records, int shardsDone, int shardCount) {}
