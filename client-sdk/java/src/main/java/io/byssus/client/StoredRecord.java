package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.model.Position;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A record as it was read, and what the answer is worth. Immutable.
 *
 * <p>{@link #version()} and {@link #expires()} belong to the record. {@link #shard()}, {@link
 * #position()} and {@link #age()} belong to the answer: which replica state it was read from.
 */
public final class StoredRecord {
  private final Key key;
  private final ByteString value;
  private final long version;
  private final long expiresMillis;
  private final ReadContext context;

  StoredRecord(Key key, ByteString value, long version, long expiresMillis, ReadContext context) {
    this.key = key;
    this.value = value;
    this.version = version;
    this.expiresMillis = expiresMillis;
    this.context = context;
  }

  /** The record's name. */
  public Key key() {
    return key;
  }

  /** A copy of the value, at most 1 MiB. */
  public byte[] value() {
    return value.toByteArray();
  }

  /** The value as UTF-8; bytes that are not UTF-8 become the replacement character. */
  public String valueUtf8() {
    return value.toString(StandardCharsets.UTF_8);
  }

  /** The value's length in bytes. */
  public int valueBytes() {
    return value.size();
  }

  /**
   * The version: of two states of one record the later has the higher version. An unsigned number;
   * compare with {@link Long#compareUnsigned}.
   */
  public long version() {
    return version;
  }

  /** When the record expires, by its shard's clock; empty: never. */
  public Optional<Instant> expires() {
    return expiresMillis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(expiresMillis));
  }

  /** The shard that holds the record. */
  public int shard() {
    return context.shard();
  }

  /** The position in the shard's log that the answering replica had applied. */
  public Position position() {
    return Position.of(context.position());
  }

  /**
   * For how long the answering replica had not known itself to be at the end of the log; zero where
   * it was there. With {@link Consistency#bounded}: how stale the answer is at the most.
   */
  public Duration age() {
    return Duration.ofMillis(context.ageMillis());
  }

  static StoredRecord of(Key key, io.byssus.proto.kv.v1.Record record, ReadContext context) {
    return new StoredRecord(
        key, record.getValue(), record.getVersion(), record.getExpiresMs(), context);
  }

  ByteString bytes() {
    return value;
  }

  @Override
  public String toString() {
    return "StoredRecord[" + key + ", " + value.size() + " bytes, " + position() + "]";
  }
}
