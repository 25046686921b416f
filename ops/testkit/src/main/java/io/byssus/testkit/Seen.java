package io.byssus.testkit;

/**
 * A record's state as it was read.
 *
 * @param id the id of the write whose value was found, see {@link JournaledWrite#id()}; 0 for a
 *     value that no writer makes
 * @param version the version found with it, an unsigned number
 */
public record Seen(long id, long version) {}
