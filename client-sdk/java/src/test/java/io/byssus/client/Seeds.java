package io.byssus.client;

import java.util.concurrent.ThreadLocalRandom;

/** Where tests get their seeds: {@code -Dseed=N} replays a run. */
public final class Seeds {
  private Seeds() {}

  public static long next() {
    long seed = Long.getLong("seed", ThreadLocalRandom.current().nextLong());
    System.out.println("seed " + seed);
    return seed;
  }
}
