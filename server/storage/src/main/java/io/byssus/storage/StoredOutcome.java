package io.byssus.storage;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.byssus.proto.internal.v1.WriteOutcome;
import java.nio.ByteBuffer;

/**
 * What became of a write that asked to have its outcome kept, or that failed. Absent once
 * accept-until has passed on the shard clock, or the writer has closed the write. On disk: one byte
 * of layout (1), accept-until (8 bytes, big-endian), the outcome.
 *
 * @param outcome how it ended
 * @param acceptUntilMillis how long it is kept, by the shard clock
 */
record StoredOutcome(WriteOutcome outcome, long acceptUntilMillis) {
  private static final byte LAYOUT = 1;
  private static final int OUTCOME_AT = 9;

  byte[] encode() {
    return ByteBuffer.allocate(OUTCOME_AT + outcome.getSerializedSize())
        .put(LAYOUT)
        .putLong(acceptUntilMillis)
        .put(outcome.toByteArray())
        .array();
  }

  static StoredOutcome decode(byte[] bytes) {
    if (bytes.length < OUTCOME_AT || bytes[0] != LAYOUT) {
      throw new IllegalStateException("an outcome has a layout that this release does not know");
    }
    try {
      return new StoredOutcome(
          WriteOutcome.parseFrom(ByteString.copyFrom(bytes, OUTCOME_AT, bytes.length - OUTCOME_AT)),
          acceptUntilMillis(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a stored outcome does not parse", e);
    }
  }

  static long acceptUntilMillis(byte[] bytes) {
    return ByteBuffer.wrap(bytes).getLong(1);
  }
}
