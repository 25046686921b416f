package io.byssus.bench.cases;

import io.byssus.bench.engine.Running;
import java.time.Duration;

/**
 * Work of this thread, one step after the other, whole steps only.
 *
 * @param step tells how many of the case's unit it did
 * @param closing releases what the step needs
 */
record OneThread(Step step, AutoCloseable closing) implements Running {
  /** One step. */
  interface Step {
    long run() throws Exception;
  }

  @Override
  public double measure(Duration length) throws Exception {
    long begin = System.nanoTime();
    long done = 0;
    do {
      done += step.run();
    } while (System.nanoTime() - begin < length.toNanos());
    return done / ((System.nanoTime() - begin) / 1e9);
  }

  @Override
  public void close() throws Exception {
    closing.close();
  }
}
