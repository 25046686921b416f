package io.byssus.bench.growth;

/** How the cost at a point compares with that at the points before. */
public enum Growth {
  /** The first point, which others are compared with. */
  FIRST("–"),
  /** As at the first point, but for the noise of measuring. */
  FLAT("flat"),
  /** More than at the first point, and at most in proportion. */
  AT_MOST_LINEAR("at most linear"),
  /** Out of proportion to one of the points before. */
  WORSE("worse than linear"),
  /** There are no figures to compare. */
  UNKNOWN("not measured");

  private final String label;

  Growth(String label) {
    this.label = label;
  }

  @Override
  public String toString() {
    return label;
  }
}
