package io.byssus.cli;

import io.byssus.bench.inner.InnerLoops;
import io.byssus.bench.inner.InnerLoops.Effort;
import io.byssus.bench.inner.InnerResults;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code byssus bench --inner}: measures inner loops, and tells them as JMH does. */
final class InnerReport {
  private static final int FORKS = 2;
  private static final int QUICK_FORKS = 1;
  private static final int WARM_UPS = 3;
  private static final int ROUNDS = 4;
  private static final Duration USUAL_LENGTH = Duration.ofMillis(400);

  private final Streams streams;
  private final Output output;

  InnerReport(Streams streams, Output output) {
    this.streams = streams;
    this.output = output;
  }

  /** So that all of them together take some minutes, where nothing else is asked. */
  static Effort effort(boolean quick, Optional<Duration> length) {
    return new Effort(quick ? QUICK_FORKS : FORKS, WARM_UPS, ROUNDS, length.orElse(USUAL_LENGTH));
  }

  /**
   * The exit code.
   *
   * @throws IllegalArgumentException where a pattern matches none
   */
  int run(List<String> patterns, Effort effort) {
    InnerResults results =
        InnerLoops.run(patterns, effort, line -> streams.err().println("byssus: " + line));
    streams.out().print(output.json() ? results.json() : results.table());
    return ExitCodes.OK;
  }
}
