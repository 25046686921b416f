package io.byssus.systemtests.faults;

import io.byssus.testkit.Seen;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The values of the test: each carries the id of its write in the journal, and is otherwise filled
 * with what only that id yields, so that a damaged or mixed value is noticed.
 */
final class WrittenValue {
  private static final int SMALL_BYTES = 200;
  private static final int LARGE_BYTES = 20_000;
  private static final int LARGE_EVERY = 97;

  private WrittenValue() {}

  static byte[] of(long id) {
    int filling = id % LARGE_EVERY == 0 ? LARGE_BYTES : (int) (id * 31 % SMALL_BYTES);
    byte[] filler = new byte[filling];
    new SplittableRandom(id).nextBytes(filler);
    return ByteBuffer.allocate(Long.BYTES + filling).putLong(id).put(filler).array();
  }

  /** What was found: the id is 0 where no write of the test makes such a value. */
  static Seen seen(byte[] value, long version) {
    if (value.length < Long.BYTES) {
      return new Seen(0, version);
    }
    long id = ByteBuffer.wrap(value).getLong();
    return new Seen(id > 0 && Arrays.equals(value, of(id)) ? id : 0, version);
  }
}
