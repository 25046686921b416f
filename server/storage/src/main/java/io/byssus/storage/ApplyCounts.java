package io.byssus.storage;

/**
 * How many log records of each fate a shard has applied since it was opened.
 *
 * @param writes writes that took effect
 * @param failed writes that took no effect because a condition did not hold or an operation could
 *     not be done
 * @param duplicates copies of writes that had been decided
 * @param belowFloor copies of writes that their writer had closed
 * @param expired copies that came after their accept-until
 * @param dropped writes to namespaces that were dropped
 * @param undecodable records that were no records of Byssus
 * @param other records of every other kind
 * @param removed not log records: what the shard clock had ended and was taken off the disk
 */
public record ApplyCounts(
    long writes,
    long failed,
    long duplicates,
    long belowFloor,
    long expired,
    long dropped,
    long undecodable,
    long other,
    long removed) {}
