package io.byssus.storage;

/**
 * Which versions of a record to list. Versions compare as unsigned numbers.
 *
 * @param from the lowest, included
 * @param to the highest, included; 0: to the newest
 * @param oldestFirst whether the oldest comes first
 * @param limit how many at the most: 1 and up
 * @param maxBytes after how many bytes of values no further version is added: 1 and up
 */
public record VersionRange(long from, long to, boolean oldestFirst, int limit, long maxBytes) {
  /** Checks the bounds. */
  public VersionRange {
    if (limit < 1 || maxBytes < 1) {
      throw new IllegalArgumentException("limit " + limit + ", bytes " + maxBytes);
    }
  }

  boolean holds(long version) {
    return Long.compareUnsigned(version, from) >= 0
        && (to == 0 || Long.compareUnsigned(version, to) <= 0);
  }
}
