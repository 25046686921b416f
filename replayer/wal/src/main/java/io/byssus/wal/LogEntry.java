package io.byssus.wal;

/**
 * One record of the log as it was read, not yet understood.
 *
 * @param offset its offset in the shard's partition
 * @param leaderEpoch the epoch of the broker that took it; −1 where unknown
 * @param appendTimeMillis when the broker took it, milliseconds since 1970 UTC
 * @param bytes its content; may be null where somebody wrote a record without a value
 */
@SuppressWarnings("ArrayRecordComponent")
public record LogEntry(long offset, int leaderEpoch, long appendTimeMillis, byte[] bytes) {}
