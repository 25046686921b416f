package io.byssus.storage;

/**
 * How many log records of each fate a shard has applied since it was opened.
 *
 * @param writes writes that took effect
 * @param duplicates copies of writes that had taken effect
 * @param belowFloor copies of writes that their writer had closed
 * @param expired copies that came after their accept-until
 * @param undecodable records that were no records of Byssus
 * @param other records of every other kind
 */
public record ApplyCounts(
    long writes, long duplicates, long belowFloor, long expired, long undecodable, long other) {}
