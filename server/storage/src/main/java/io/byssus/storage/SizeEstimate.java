package io.byssus.storage;

/**
 * How much of a namespace a shard holds, told from the files' indexes without reading them.
 *
 * @param records how many records, about: what is expired and still on disk counts as well
 * @param bytes how many bytes, about, on disk and in memory
 */
public record SizeEstimate(long records, long bytes) {}
