package io.byssus.testkit;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Where the randomness of a test comes from: a number that is printed, so that a failing run can be
 * had again with {@code -Dseed=number}.
 *
 * @param value the number
 */
public record Seed(long value) {
  /** The system property that replays a run. */
  public static final String PROPERTY = "seed";

  private static final String ALGORITHM = "L64X128MixRandom";

  /** The seed asked for, or else a new one; printed with what is needed to replay it. */
  public static Seed of(String test) {
    String given = System.getProperty(PROPERTY);
    var seed = new Seed(given == null ? System.nanoTime() & 0xFFFF_FFFFL : Long.parseLong(given));
    System.out.println(test + ": replay with -D" + PROPERTY + "=" + seed.value);
    return seed;
  }

  /** A generator that yields the same numbers for the same seed. Not thread-safe. */
  public RandomGenerator random() {
    return RandomGeneratorFactory.of(ALGORITHM).create(value);
  }

  /**
   * The seed of one part of the test, such as one of several threads, independent of the others and
   * of the order in which they run.
   */
  public Seed part(int number) {
    // SplitMix64: mixed well enough that parts of parts do not meet either.
    long mixed = value + (number + 1) * 0x9E37_79B9_7F4A_7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return new Seed(mixed ^ (mixed >>> 31));
  }
}
