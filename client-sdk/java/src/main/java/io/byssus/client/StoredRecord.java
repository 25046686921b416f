package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.model.Position;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A record as it was read, and what the answer is worth. Immutable.
 *
 * <p>{@link #version()} belongs to the record. {@link #shard()}, {@link #position()} and {@link
 * #age()} belong to the answer: which replica state it was read from.
 */
public final class StoredRecord {
  private final Key key;
  private final ByteString value;
  private final long version;
  private final ReadContext context;

  StoredRecord(Key key, ByteString value, long version, ReadContext context) {
    this.key = key;
    this.value = value;
    this.version = version;
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
   * it was there.
   */
  public Duration age() {
    return Duration.ofMillis(context.ageMillis());
  }

  ByteString bytes() {
    return value;
  }

  @Override
  public String toString() {
    return "StoredRecord[" + key + ", " + value.size() + " bytes, " + position() + "]";
  }
}
