package io.byssus.storage;

import io.byssus.model.Limits;
import io.byssus.proto.log.v1.WriterStamp;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What a shard remembers of one writer, to apply each of its writes at most once.
 *
 * <p>A writer numbers its writes to a shard 1, 2, 3, … and tells with each the lowest number that
 * it had not closed. The window holds the highest number seen, which of the last 1,024 numbers were
 * applied, and the highest "lowest open" seen, the floor. A copy of an applied write finds its bit
 * set. A copy of a write that the writer has closed, and perhaps followed by a newer write of the
 * same record, finds itself below the floor, even where no copy of it was ever applied: this is
 * what keeps a put that was stuck somewhere from undoing a newer one. Since a stamp is never wider
 * than the window, whatever is older than the bits is below the floor as well.
 *
 * <p>Entries end when the last accept-until given has passed on the shard clock: every copy is too
 * late by then.
 */
final class WriterWindow {
  private static final int WINDOW = Limits.WRITER_WINDOW;
  private static final int WORDS = WINDOW / Long.SIZE;
  private static final byte LAYOUT = 1;
  private static final int BYTES = 1 + 3 * Long.BYTES + WINDOW / Byte.SIZE;

  private final long[] applied = new long[WORDS];
  private long highest;
  private long floor = 1;
  private long acceptUntilMillis;

  /** What a shard does with a write. */
  enum Verdict {
    APPLY,
    DUPLICATE,
    BELOW_FLOOR
  }

  /** Takes note of a write's stamp and tells what to do with the write. */
  Verdict admit(WriterStamp stamp) {
    refuse(stamp);
    long sequence = stamp.getSequence();
    if (sequence < floor) {
      return Verdict.BELOW_FLOOR;
    }
    if (sequence <= highest - WINDOW || isApplied(sequence)) {
      return Verdict.DUPLICATE;
    }
    if (sequence > highest) {
      clear(highest + 1, sequence);
      highest = sequence;
    }
    applied[word(sequence)] |= bit(sequence);
    return Verdict.APPLY;
  }

  /** Takes note of what a stamp says of the writer, while its write is not applied. */
  void refuse(WriterStamp stamp) {
    floor = Math.max(floor, stamp.getLowestOpen());
    acceptUntilMillis = Math.max(acceptUntilMillis, stamp.getAcceptUntilMs());
  }

  /** Whether a write of this number was applied, as far back as the window reaches. */
  boolean isApplied(long sequence) {
    return sequence <= highest
        && sequence > highest - WINDOW
        && (applied[word(sequence)] & bit(sequence)) != 0;
  }

  long floor() {
    return floor;
  }

  boolean endedBy(long clockMillis) {
    return clockMillis > acceptUntilMillis;
  }

  private void clear(long from, long to) {
    if (to - from >= WINDOW) {
      Arrays.fill(applied, 0);
      return;
    }
    for (long sequence = from; sequence <= to; sequence++) {
      applied[word(sequence)] &= ~bit(sequence);
    }
  }

  private static int word(long sequence) {
    return (int) (sequence % WINDOW) / Long.SIZE;
  }

  private static long bit(long sequence) {
    return 1L << (sequence % Long.SIZE);
  }

  byte[] encode() {
    ByteBuffer buffer =
        ByteBuffer.allocate(BYTES)
            .put(LAYOUT)
            .putLong(highest)
            .putLong(floor)
            .putLong(acceptUntilMillis);
    for (long word : applied) {
      buffer.putLong(word);
    }
    return buffer.array();
  }

  static WriterWindow decode(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (bytes.length != BYTES || buffer.get() != LAYOUT) {
      throw new IllegalStateException(
          "a writer window has a layout that this release does not know");
    }
    WriterWindow window = new WriterWindow();
    window.highest = buffer.getLong();
    window.floor = buffer.getLong();
    window.acceptUntilMillis = buffer.getLong();
    for (int i = 0; i < WORDS; i++) {
      window.applied[i] = buffer.getLong();
    }
    return window;
  }
}
