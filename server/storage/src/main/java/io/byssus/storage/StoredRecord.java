package io.byssus.storage;

import com.google.protobuf.ByteString;
import java.util.Objects;

/**
 * A record as a read finds it.
 *
 * @param version of two states of one record the later has the higher version (unsigned)
 * @param expiresMillis from when on it is absent, by the shard clock, milliseconds since 1970 UTC;
 *     0: never
 * @param value the value
 */
public record StoredRecord(long version, long expiresMillis, ByteString value) {
  /** Checks that there is a value. */
  public StoredRecord {
    Objects.requireNonNull(value);
  }
}
