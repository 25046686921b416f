package io.byssus.bench.engine;

import java.time.Duration;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/** A contender that is ready. For use by one thread. */
@FunctionalInterface
public interface Running extends AutoCloseable {
  /**
   * What measures by one thing and releases another; it has no latencies.
   *
   * @param closing releases what is measured
   */
  static Running of(Running measured, AutoCloseable closing) {
    return new Running() {
      @Override
      public double measure(Duration length) throws Exception {
        return measured.measure(length);
      }

      @Override
      public void close() throws Exception {
        closing.close();
      }
    };
  }

  /**
   * Measures once.
   *
   * @param length for about how long; what cannot be cut takes as long as it takes
   * @return the figure, in the unit of the case; positive
   * @throws Exception where anything failed: a round in which something failed has no figure
   */
  double measure(Duration length) throws Exception;

  /**
   * Latencies at a fixed load, each from the moment at which the operation was due.
   *
   * @param perSecond operations per second
   * @return nanoseconds; empty where the contender has no such load
   */
  default Optional<Histogram> latencies(double perSecond, Duration length) throws Exception {
    return Optional.empty();
  }

  /** Releases what was made ready. */
  @Override
  default void close() throws Exception {}
}
