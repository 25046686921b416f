package io.byssus.systemtests.simulation;

import java.util.Optional;

/**
 * What a run came to.
 *
 * @param seed what it was made from
 * @param steps how many events happened
 * @param digest a number over all that happened: equal for equal runs
 * @param tally what it saw
 * @param failure what broke, with what led to it; empty where nothing did
 */
record SeedRun(long seed, long steps, long digest, Tally tally, Optional<Failure> failure) {
  /**
   * How a run failed.
   *
   * @param invariant what did not hold; empty where something was thrown that nobody expected
   */
  record Failure(Optional<Invariant> invariant, String message, String story, Throwable cause) {}

  /** Runs a seed to its end. */
  static SeedRun of(long seed, Optional<PlantedBug> bug) {
    try (Simulation simulation = new Simulation(seed, bug)) {
      Optional<Failure> failure = Optional.empty();
      try {
        simulation.run();
      } catch (RuntimeException | Error e) {
        failure = Optional.of(failure(seed, simulation, e));
      }
      return new SeedRun(
          seed,
          simulation.schedule().steps(),
          simulation.trace().digest(),
          simulation.tally(),
          failure);
    }
  }

  private static Failure failure(long seed, Simulation simulation, Throwable cause) {
    Optional<Invariant> invariant =
        cause instanceof InvariantBroken broken
            ? Optional.of(broken.invariant())
            : Optional.empty();
    String message = cause instanceof InvariantBroken ? cause.getMessage() : cause.toString();
    String story =
        "seed="
            + seed
            + " after "
            + simulation.schedule().steps()
            + " steps: "
            + message
            + "\nWhat led to it:\n"
            + simulation.trace().lastNotes();
    return new Failure(invariant, message, story, cause);
  }
}
