package io.byssus.storage;

import com.google.protobuf.ByteString;
import java.util.Arrays;

/**
 * One version of a record within a shard.
 *
 * @param version the version (unsigned)
 * @param deleted whether it is a deletion: asked for, or the end of a put version that has expired
 * @param expiresMillis a put: from when on it is absent, by the shard clock; 0: never. A deletion:
 *     0 where it was asked for, else when the version expired
 * @param untilMillis until when the version is remembered once it is deleted or expired, so that a
 *     lower one cannot take its place; 0: a deletion is remembered without end, a put not at all
 * @param value a put's value; null where it is a deletion, and for an older version whose value was
 *     not read
 */
record VersionEntry(
    long version, boolean deleted, long expiresMillis, long untilMillis, ByteString value) {
  static VersionEntry put(long version, long expiresMillis, long untilMillis, ByteString value) {
    return new VersionEntry(version, false, expiresMillis, untilMillis, value);
  }

  static VersionEntry deletion(long version, long untilMillis) {
    return new VersionEntry(version, true, 0, untilMillis, null);
  }

  /** What becomes of a put version that has expired and is to be remembered. */
  VersionEntry expired() {
    return new VersionEntry(version, true, expiresMillis, untilMillis, null);
  }

  /** Whether it is the end of a version that has expired. */
  boolean isExpired() {
    return deleted && expiresMillis != 0;
  }

  /** When it turns into something else by the shard clock: 0: never. */
  long dueMillis() {
    return deleted ? untilMillis : expiresMillis;
  }

  boolean isDueBy(long clockMillis) {
    return dueMillis() != 0 && dueMillis() <= clockMillis;
  }

  /**
   * What two entries of one version make: the deletion, if one is; else the greater value bytewise
   * with the end that comes first, so that it is the same whether that end comes between the two or
   * after both. Two deletions are remembered as long as the one that is remembered longer, and as
   * the end of a version that has expired if one is. The same in either order, and this very entry
   * where the other adds nothing.
   */
  VersionEntry join(VersionEntry other) {
    if (deleted != other.deleted) {
      return deleted ? this : other;
    }
    VersionEntry joined = deleted ? joinDeletion(other) : joinPut(other);
    return joined.equals(this) ? this : joined;
  }

  private VersionEntry joinDeletion(VersionEntry other) {
    return new VersionEntry(
        version,
        true,
        Math.max(expiresMillis, other.expiresMillis),
        Math.max(untilMillis, other.untilMillis),
        null);
  }

  private VersionEntry joinPut(VersionEntry other) {
    // Less one, what never expires is the last.
    int order = Long.compareUnsigned(expiresMillis - 1, other.expiresMillis - 1);
    return new VersionEntry(
        version,
        false,
        order <= 0 ? expiresMillis : other.expiresMillis,
        order == 0
            ? Math.max(untilMillis, other.untilMillis)
            : order < 0 ? untilMillis : other.untilMillis,
        Arrays.compareUnsigned(value.toByteArray(), other.value.toByteArray()) >= 0
            ? value
            : other.value);
  }

  VersionEntry withValue(ByteString read) {
    return new VersionEntry(version, deleted, expiresMillis, untilMillis, read);
  }
}
