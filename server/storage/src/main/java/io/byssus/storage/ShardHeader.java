package io.byssus.storage;

import io.byssus.model.Position;
import java.nio.ByteBuffer;

/**
 * How far a shard has come. Written in every batch.
 *
 * @param incarnation the log's incarnation; 0 before the log's first record
 * @param nextOffset the offset of the next record to apply
 * @param leaderEpoch the broker's leader epoch of the last record applied; −1 where there is none
 * @param clockMillis the shard clock, milliseconds since 1970 UTC; 0 before the log's first record
 */
record ShardHeader(int incarnation, long nextOffset, int leaderEpoch, long clockMillis) {
  static final ShardHeader EMPTY = new ShardHeader(0, 0, -1, 0);
  private static final byte LAYOUT = 1;

  /** The position of the last record applied; {@link Position#NONE} where there is none. */
  long position() {
    return nextOffset == 0 || incarnation == 0
        ? Position.NONE
        : Position.pack(incarnation, nextOffset - 1);
  }

  byte[] encode() {
    return ByteBuffer.allocate(25)
        .put(LAYOUT)
        .putInt(incarnation)
        .putLong(nextOffset)
        .putInt(leaderEpoch)
        .putLong(clockMillis)
        .array();
  }

  static ShardHeader decode(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (bytes.length != 25 || buffer.get() != LAYOUT) {
      throw new IllegalStateException(
          "a shard header has a layout that this release does not know");
    }
    return new ShardHeader(buffer.getInt(), buffer.getLong(), buffer.getInt(), buffer.getLong());
  }
}
