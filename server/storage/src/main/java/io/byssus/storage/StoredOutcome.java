package io.byssus.storage;

import java.nio.ByteBuffer;

/**
 * What became of a write that asked to have its outcome kept. Absent once accept-until has passed
 * on the shard clock, or the writer has closed the write.
 *
 * @param version the version that the write gave its records
 * @param acceptUntilMillis how long it is kept, by the shard clock
 */
record StoredOutcome(long version, long acceptUntilMillis) {
  private static final byte LAYOUT = 1;

  byte[] encode() {
    return ByteBuffer.allocate(17).put(LAYOUT).putLong(version).putLong(acceptUntilMillis).array();
  }

  static StoredOutcome decode(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (bytes.length != 17 || buffer.get() != LAYOUT) {
      throw new IllegalStateException("an outcome has a layout that this release does not know");
    }
    return new StoredOutcome(buffer.getLong(), buffer.getLong());
  }
}
