package io.byssus.storage;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A record as a shard holds it. On disk: one byte of layout (1), the version (8 bytes, big-endian),
 * the value.
 *
 * @param version higher than any before it for this record
 * @param value the value
 */
@SuppressWarnings("ArrayRecordComponent")
public record StoredRecord(long version, byte[] value) {
  private static final byte LAYOUT = 1;
  private static final int VALUE_AT = 9;

  static byte[] encode(long version, ByteString value) {
    byte[] bytes = new byte[VALUE_AT + value.size()];
    ByteBuffer.wrap(bytes).put(LAYOUT).putLong(version);
    value.copyTo(bytes, VALUE_AT);
    return bytes;
  }

  static StoredRecord decode(byte[] bytes) {
    if (bytes.length < VALUE_AT || bytes[0] != LAYOUT) {
      throw new IllegalStateException(
          "a stored record has a layout that this release does not know");
    }
    return new StoredRecord(
        ByteBuffer.wrap(bytes).getLong(1), Arrays.copyOfRange(bytes, VALUE_AT, bytes.length));
  }
}
