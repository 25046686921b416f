package io.byssus.bench;

import io.byssus.bench.engine.Rounds;
import io.byssus.bench.growth.GrowthCurve;
import java.nio.file.Path;
import java.util.List;

/**
 * Which curves are to be measured, and how.
 *
 * @param main the main class of {@code byssus}: it is given {@code ROLE --config FILE
 *     --exit-with-stdin}. It must be on the class path of this JVM
 * @param temporary where temporary files go
 * @param curves names of {@link GrowthCurve#labels()}; none: all
 * @param rounds how often and for how long, at every point
 * @param records how many there are where a curve says nothing else: 1,000 and up
 */
public record GrowthConfig(
    String main, Path temporary, List<String> curves, Rounds rounds, int records) {
  private static final int LEAST_RECORDS = 1_000;

  /** Checks names and numbers. */
  public GrowthConfig {
    if (records < LEAST_RECORDS) {
      throw new IllegalArgumentException(
          "there must be " + LEAST_RECORDS + " records, are " + records);
    }
    curves = List.copyOf(curves);
    List<String> known = GrowthCurve.labels();
    curves.stream()
        .filter(name -> !known.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "there is no curve '" + name + "'; there are " + String.join(", ", known));
            });
  }

  boolean has(GrowthCurve curve) {
    return curves.isEmpty() || curves.contains(curve.label());
  }
}
