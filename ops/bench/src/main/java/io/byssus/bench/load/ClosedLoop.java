package io.byssus.bench.load;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * As many operations in flight as said, each followed by the next: shows the highest throughput,
 * and nothing of latencies.
 */
public final class ClosedLoop {
  /** How long the last operations may take beyond the end. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  private final Operation operation;
  private final int inFlight;

  /**
   * A load.
   *
   * @param inFlight 1 and up
   */
  public ClosedLoop(Operation operation, int inFlight) {
    if (inFlight < 1) {
      throw new IllegalArgumentException("one must be in flight, are " + inFlight);
    }
    this.operation = operation;
    this.inFlight = inFlight;
  }

  /**
   * Runs for a while.
   *
   * @return operations a second: those that ended in time, by the time
   * @throws Exception the first failure of an operation
   * @throws TimeoutException where operations do not end
   */
  public double run(Duration length) throws Exception {
    Run run = new Run(length);
    for (int i = 0; i < inFlight; i++) {
      new Lane(run).next();
    }
    if (!run.lanes.await(length.plus(GRACE).toNanos(), TimeUnit.NANOSECONDS)) {
      throw new TimeoutException(
          run.lanes.getCount() + " operations have not ended " + GRACE + " after the load's end");
    }
    Throwable failure = run.failure.get();
    if (failure != null) {
      throw new IllegalStateException("an operation failed", failure);
    }
    return run.ended.sum() / (length.toNanos() / 1e9);
  }

  private final class Run {
    final long end;
    final CountDownLatch lanes = new CountDownLatch(inFlight);
    final LongAdder ended = new LongAdder();
    final AtomicReference<Throwable> failure = new AtomicReference<>();

    Run(Duration length) {
      this.end = System.nanoTime() + length.toNanos();
    }
  }

  /** One operation after the other. */
  private final class Lane {
    private final Run run;

    /** Calls of {@link #next()} not worked off: an operation may end while it is begun. */
    private final AtomicInteger due = new AtomicInteger();

    Lane(Run run) {
      this.run = run;
    }

    void next() {
      if (due.getAndIncrement() == 0) {
        do {
          begin();
        } while (due.decrementAndGet() != 0);
      }
    }

    private void begin() {
      if (System.nanoTime() - run.end >= 0 || run.failure.get() != null) {
        run.lanes.countDown();
        return;
      }
      try {
        operation.begin(this::ended);
      } catch (Exception e) {
        run.failure.compareAndSet(null, e);
        run.lanes.countDown();
      }
    }

    private void ended(Throwable failure) {
      if (failure != null) {
        run.failure.compareAndSet(null, failure);
      } else if (System.nanoTime() - run.end < 0) {
        run.ended.increment();
      }
      next();
    }
  }
}
