package io.byssus.bench;

import io.byssus.bench.engine.Rounds;
import io.byssus.bench.stage.Extent;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is to be measured, and how.
 *
 * @param main the main class of {@code byssus}: it is given {@code ROLE --config FILE
 *     --exit-with-stdin}. It must be on the class path of this JVM
 * @param temporary where temporary files go
 * @param cases names of {@link Bench#cases()}; none: all
 * @param endpoint a dispatcher of a cluster that runs already, host:port; empty: a cluster of the
 *     run's own
 * @param rounds how often and for how long
 * @param records how many there are: 1,000 and up
 * @param extent how far the cases go that take long
 */
public record BenchConfig(
    String main,
    Path temporary,
    List<String> cases,
    Optional<String> endpoint,
    Rounds rounds,
    int records,
    Extent extent) {
  /** One million. */
  public static final int USUAL_RECORDS = 1_000_000;

  private static final int LEAST_RECORDS = 1_000;

  /** Checks names and numbers. */
  public BenchConfig {
    if (records < LEAST_RECORDS) {
      throw new IllegalArgumentException(
          "there must be " + LEAST_RECORDS + " records, are " + records);
    }
    cases = List.copyOf(cases);
    List<String> known = Bench.cases();
    cases.stream()
        .filter(name -> !known.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "there is no case '" + name + "'; there are " + String.join(", ", known));
            });
  }
}
