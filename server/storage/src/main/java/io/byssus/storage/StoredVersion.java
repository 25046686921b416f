package io.byssus.storage;

import com.google.protobuf.ByteString;
import java.util.Objects;

/**
 * One version of a record.
 *
 * @param version the version (unsigned)
 * @param deleted whether the record was deleted by it, or has expired under it
 * @param expiresMillis from when on the version is absent, by the shard clock, milliseconds since
 *     1970 UTC; 0: never. 0 where deleted
 * @param value the value; empty where deleted
 */
public record StoredVersion(long version, boolean deleted, long expiresMillis, ByteString value) {
  /** Checks that the parts fit. */
  public StoredVersion {
    Objects.requireNonNull(value);
    if (deleted && (expiresMillis != 0 || !value.isEmpty())) {
      throw new IllegalArgumentException("a deletion has neither value nor expiry");
    }
  }
}
