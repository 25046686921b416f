package io.byssus.client;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/** One version of a record: what was put, or that it was deleted. Immutable. */
public final class RecordVersion {
  private final long version;
  private final ByteString value;
  private final long expiresMillis;

  private RecordVersion(long version, ByteString value, long expiresMillis) {
    this.version = version;
    this.value = value;
    this.expiresMillis = expiresMillis;
  }

  static RecordVersion of(io.byssus.proto.kv.v1.RecordVersion version) {
    return new RecordVersion(
        version.getVersion(),
        version.hasValue() ? version.getValue() : null,
        version.getExpiresMs());
  }

  /** The version, an unsigned number; compare with {@link Long#compareUnsigned}. */
  public long version() {
    return version;
  }

  /** Whether the record was deleted by this version. */
  public boolean isDeleted() {
    return value == null;
  }

  /** A copy of the value, at most 1 MiB; empty where the record was deleted. */
  public Optional<byte[]> value() {
    return Optional.ofNullable(value).map(ByteString::toByteArray);
  }

  /** The value as UTF-8; empty where the record was deleted. */
  public Optional<String> valueUtf8() {
    return Optional.ofNullable(value).map(bytes -> bytes.toString(StandardCharsets.UTF_8));
  }

  /** When it expires, by the shard's clock; empty: never. */
  public Optional<Instant> expires() {
    return expiresMillis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(expiresMillis));
  }

  @Override
  public String toString() {
    return "RecordVersion["
        + Long.toUnsignedString(version)
        + (value == null ? ", deleted]" : ", " + value.size() + " bytes]");
  }
}
