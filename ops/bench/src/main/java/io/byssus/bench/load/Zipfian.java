package io.byssus.bench.load;

import java.util.random.RandomGenerator;

/**
 * Numbers of which few are drawn often: number 0 the most, as in the YCSB workloads (Gray et al.,
 * "Quickly generating billion-record synthetic databases", 1994). Thread-safe.
 */
public final class Zipfian {
  /** As skewed as in YCSB. */
  private static final double THETA = 0.99;

  /** A constant of FNV-1a. */
  private static final long FNV_OFFSET = 0xCBF29CE484222325L;

  private static final long FNV_PRIME = 1_099_511_628_211L;

  private final int count;
  private final double zeta;
  private final double alpha = 1 / (1 - THETA);
  private final double eta;

  /**
   * Numbers from 0 to below a count.
   *
   * @param count 2 and up
   */
  public Zipfian(int count) {
    if (count < 2) {
      throw new IllegalArgumentException("there must be two numbers at least, are " + count);
    }
    this.count = count;
    this.zeta = zeta(count);
    this.eta = (1 - Math.pow(2.0 / count, 1 - THETA)) / (1 - zeta(2) / zeta);
  }

  /** The smaller, the more often. */
  public int next(RandomGenerator random) {
    double u = random.nextDouble();
    double scaled = u * zeta;
    if (scaled < 1) {
      return 0;
    }
    if (scaled < 1 + Math.pow(0.5, THETA)) {
      return 1;
    }
    return Math.min(count - 1, (int) (count * Math.pow(eta * u - eta + 1, alpha)));
  }

  /** As often as {@link #next}, but with the popular ones spread over all. */
  public int nextScattered(RandomGenerator random) {
    long left = next(random);
    long hash = FNV_OFFSET;
    for (int i = 0; i < Long.BYTES; i++) {
      hash = (hash ^ (left & 0xFF)) * FNV_PRIME;
      left >>>= Byte.SIZE;
    }
    return (int) Long.remainderUnsigned(hash, count);
  }

  private static double zeta(int count) {
    double sum = 0;
    for (int i = 1; i <= count; i++) {
      sum += 1 / Math.pow(i, THETA);
    }
    return sum;
  }
}
