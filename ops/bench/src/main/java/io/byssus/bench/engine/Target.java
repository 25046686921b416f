package io.byssus.bench.engine;

import java.util.Locale;

/**
 * What a ratio must be.
 *
 * @param bound on which side
 * @param ratio subject ÷ ceiling, positive; 1 where nothing is asked
 */
public record Target(Bound bound, double ratio) {
  /** On which side of the target the good ratios lie. */
  public enum Bound {
    /** More is better, as with operations per second. */
    AT_LEAST("≥"),
    /** Less is better, as with latencies. */
    AT_MOST("≤"),
    /** Nothing is asked: the ceiling is there to be seen. */
    NONE("");

    private final String sign;

    Bound(String sign) {
      this.sign = sign;
    }
  }

  /** Checks the ratio. */
  public Target {
    if (!(ratio > 0)) {
      throw new IllegalArgumentException("a target is positive, this is " + ratio);
    }
  }

  /** The ratio must be this or more. */
  public static Target atLeast(double ratio) {
    return new Target(Bound.AT_LEAST, ratio);
  }

  /** The ratio must be this or less. */
  public static Target atMost(double ratio) {
    return new Target(Bound.AT_MOST, ratio);
  }

  /** The ratio may be what it is. */
  public static Target none() {
    return new Target(Bound.NONE, 1);
  }

  /** Whether anything is asked. */
  public boolean isSet() {
    return bound != Bound.NONE;
  }

  /** Whether a ratio is as it must be; what nothing is asked of is. */
  public boolean isReachedBy(double measured) {
    return switch (bound) {
      case AT_LEAST -> measured >= ratio;
      case AT_MOST -> measured <= ratio;
      case NONE -> true;
    };
  }

  @Override
  public String toString() {
    return isSet() ? String.format(Locale.ROOT, "%s %.2f", bound.sign, ratio) : "–";
  }
}
