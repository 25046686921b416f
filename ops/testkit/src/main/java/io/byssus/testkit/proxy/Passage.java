package io.byssus.testkit.proxy;

import java.time.Duration;

/**
 * What happens to the bytes of one direction.
 *
 * @param drops whether they are swallowed, and with them the news that the sender is gone. A
 *     connection that has lost something so is reset when bytes pass again: until then its ends
 *     find silence, as in a network that lost its way
 * @param delay by how long each byte is late, order kept; zero: not at all
 */
public record Passage(boolean drops, Duration delay) {
  /** Bytes pass as they come. */
  public static final Passage PASS = new Passage(false, Duration.ZERO);

  /** Bytes are swallowed. */
  public static final Passage DROP = new Passage(true, Duration.ZERO);

  /** Checks the delay. */
  public Passage {
    if (delay.isNegative() || drops && !delay.isZero()) {
      throw new IllegalArgumentException(
          "the delay must be 0 or more, and 0 where bytes are dropped; is " + delay);
    }
  }

  /** Bytes are late. */
  public static Passage late(Duration delay) {
    return new Passage(false, delay);
  }
}
