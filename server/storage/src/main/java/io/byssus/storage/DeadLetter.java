package io.byssus.storage;

/**
 * A log record that could not be understood.
 *
 * @param offset its offset in the shard's log
 * @param why what was wrong with it
 * @param bytes the record
 */
@SuppressWarnings("ArrayRecordComponent")
public record DeadLetter(long offset, String why, byte[] bytes) {}
