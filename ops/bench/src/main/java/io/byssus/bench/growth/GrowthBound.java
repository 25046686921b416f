package io.byssus.bench.growth;

/** How cost may grow along a curve. */
public enum GrowthBound {
  /** In proportion to the work that x stands for. */
  LINEAR("no worse than linear"),
  /** Not at all, but for the noise of measuring. */
  NOT_AT_ALL("flat");

  private final String label;

  GrowthBound(String label) {
    this.label = label;
  }

  @Override
  public String toString() {
    return label;
  }
}
