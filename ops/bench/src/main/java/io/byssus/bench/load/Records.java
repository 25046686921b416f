package io.byssus.bench.load;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * The records of a measurement: number n has a 16-byte key and a value that does not compress, both
 * of which follow from n alone.
 *
 * @param count how many there are
 * @param valueBytes of each
 */
public record Records(int count, int valueBytes) {
  private static final int KEY_BYTES = 16;

  /** A constant of SplitMix64: neighbours come to lie far apart. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  /** Checks the numbers. */
  public Records {
    if (count < 1 || valueBytes < 1) {
      throw new IllegalArgumentException("must be 1 or more, are " + count + " and " + valueBytes);
    }
  }

  /** The key of a record: 16 bytes. */
  public byte[] key(long number) {
    return ByteBuffer.allocate(KEY_BYTES).putLong(number * SPREAD).putLong(number).array();
  }

  /** The value of a record. */
  public byte[] value(long number) {
    byte[] value = new byte[valueBytes];
    new SplittableRandom(number).nextBytes(value);
    return value;
  }

  /** The key of a record that there is, any of them. */
  public byte[] anyKey(RandomGenerator random) {
    return key(random.nextInt(count));
  }

  /**
   * How many were read, where these are all.
   *
   * @throws IllegalStateException where it is another
   */
  public int all(int read) {
    if (read != count) {
      throw new IllegalStateException("of " + count + " records, " + read + " were read");
    }
    return read;
  }
}
