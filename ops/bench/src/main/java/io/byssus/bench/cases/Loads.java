package io.byssus.bench.cases;

import io.byssus.bench.engine.Running;
import io.byssus.bench.load.ClosedLoop;
import io.byssus.bench.load.OpenLoop;
import io.byssus.bench.load.Operation;
import java.time.Duration;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * One operation, many in flight for the highest throughput, and at fixed rates for latencies.
 *
 * @param operation what is done over and over
 * @param perOperation how many of the case's unit one operation is
 * @param inFlight how many at once for the highest throughput
 * @param closing releases what the operation needs
 */
public record Loads(Operation operation, int perOperation, int inFlight, AutoCloseable closing)
    implements Running {
  /** What all unary calls are measured with. */
  public static final int IN_FLIGHT = 64;

  /** Under a fixed load: fewer than a server with a heap of these sizes takes. */
  private static final int MOST_IN_FLIGHT = 2_000;

  /** An operation of which 64 are in flight, that counts as one and needs nothing released. */
  public static Loads of(Operation operation) {
    return new Loads(operation, 1, IN_FLIGHT, () -> {});
  }

  @Override
  public double measure(Duration length) throws Exception {
    return new ClosedLoop(operation, inFlight).run(length) * perOperation;
  }

  @Override
  public Optional<Histogram> latencies(double perSecond, Duration length) throws Exception {
    return Optional.of(
        new OpenLoop(operation, perSecond / perOperation, MOST_IN_FLIGHT).run(length));
  }

  @Override
  public void close() throws Exception {
    closing.close();
  }
}
