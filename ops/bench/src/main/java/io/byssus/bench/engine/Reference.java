package io.byssus.bench.engine;

/**
 * What a ceiling reached where it was measured before, with the versions of this build: so that a
 * ceiling that has become slow by a mistake of ours does not pass for one that is low. A rate: more
 * is better.
 *
 * @param low the lowest of the figures that were measured, in the case's unit
 * @param high the highest
 * @param conditions under which
 * @param slowerHere why the ceiling may lie below it, as far as is known; may be empty
 * @param fasterHere why the ceiling may lie above it, as far as is known; may be empty
 * @param yardstick whether it tells how fast a machine is, because nothing of ours is in it
 */
public record Reference(
    double low,
    double high,
    String conditions,
    String slowerHere,
    String fasterHere,
    boolean yardstick) {
  /** Where and when all of them were measured, for people. */
  public static final String MEASURED =
      "on a 2-core machine with the versions of this build, 2026-11-21";

  private static final double NEAR = 0.30;

  /** Checks the figures. */
  public Reference {
    if (!(low > 0 && high >= low)) {
      throw new IllegalArgumentException("not a range of rates: " + low + " to " + high);
    }
  }

  /** A figure that was measured once, or is a median. */
  public static Reference of(double figure, String conditions) {
    return between(figure, figure, conditions);
  }

  /** Figures that lay in a range. */
  public static Reference between(double low, double high, String conditions) {
    return new Reference(low, high, conditions, "", "", false);
  }

  /** The same, and why the ceiling may lie below it. */
  public Reference slowerHereAs(String why) {
    return new Reference(low, high, conditions, why, fasterHere, yardstick);
  }

  /** The same, and why the ceiling may lie above it. */
  public Reference fasterHereAs(String why) {
    return new Reference(low, high, conditions, slowerHere, why, yardstick);
  }

  /** The same, as the one that tells how fast the machine is. */
  public Reference asYardstick() {
    return new Reference(low, high, conditions, slowerHere, fasterHere, true);
  }

  /** Whether a figure is within 30 % of it. */
  public boolean isNear(double figure) {
    return figure >= low * (1 - NEAR) && figure <= high * (1 + NEAR);
  }

  /** A figure as a part of it: of the middle, where it is a range. */
  public double part(double figure) {
    return figure / ((low + high) / 2);
  }

  /** Why a figure is off, as far as is known beforehand; empty where nothing is. */
  public String knownReason(double figure) {
    return part(figure) < 1 ? slowerHere : fasterHere;
  }
}
