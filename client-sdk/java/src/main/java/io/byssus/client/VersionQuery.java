package io.byssus.client;

import java.util.Optional;

/**
 * Which versions of a record are listed, and in which order. Versions are unsigned numbers.
 *
 * @param from the lowest, included; 0: from the beginning
 * @param to the highest, included; 0: to the newest
 * @param oldestFirst whether the oldest comes first; else the newest does
 * @param limit how many at the most: 1 to 1,000; 0: 1,000. An answer is also cut at 4 MiB
 * @param after goes on after an earlier page of the same record, range and order
 */
public record VersionQuery(
    long from, long to, boolean oldestFirst, int limit, Optional<PageToken> after) {
  /** All versions, newest first. */
  public static VersionQuery all() {
    return new VersionQuery(0, 0, false, 0, Optional.empty());
  }

  /** The same, only versions of this and above. */
  public VersionQuery from(long lowest) {
    return new VersionQuery(lowest, to, oldestFirst, limit, after);
  }

  /** The same, only versions up to this one. */
  public VersionQuery to(long highest) {
    return new VersionQuery(from, highest, oldestFirst, limit, after);
  }

  /** The same, oldest first. */
  public VersionQuery fromOldest() {
    return new VersionQuery(from, to, true, limit, after);
  }

  /** The same, at most this many versions. */
  public VersionQuery limit(int versions) {
    return new VersionQuery(from, to, oldestFirst, versions, after);
  }

  /** The same, going on where an earlier page stopped. */
  public VersionQuery after(PageToken token) {
    return new VersionQuery(from, to, oldestFirst, limit, Optional.of(token));
  }
}
