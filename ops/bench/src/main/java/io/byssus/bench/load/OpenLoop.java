package io.byssus.bench.load;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * As many operations a second as said, whether or not earlier ones have ended: shows latencies as
 * callers see them who do not wait for each other.
 *
 * <p>Operation i is due i ÷ rate after the beginning, and its latency counts from there, not from
 * when it was begun. So where the system stalls, every operation that was due in the meantime
 * counts with the time that it would have waited; a load that waits for answers and counts from its
 * own beginnings leaves these out (coordinated omission).
 *
 * <p>Where as many are in flight as may be, the next waits to be begun, and the wait counts.
 */
public final class OpenLoop {
  private static final int DIGITS = 3;
  private static final long HIGHEST_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** Pauses shorter than this are not worth a system call; they are waited for awake. */
  private static final long SHORTEST_PAUSE_NANOS = 50_000;

  /**
   * Where operations follow each other faster than that, who waits for each awake takes a processor
   * from what is measured. So all that came due in such a time are begun together; they are late by
   * it at the most, which counts.
   */
  private static final long TOGETHER_NANOS = 250_000;

  /** How long the last operations may take beyond the end. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  private final Operation operation;
  private final double perSecond;
  private final int mostInFlight;

  /**
   * A load.
   *
   * @param perSecond operations a second, positive
   * @param mostInFlight 1 and up; no more than the system takes, which would refuse the others
   */
  public OpenLoop(Operation operation, double perSecond, int mostInFlight) {
    if (!(perSecond > 0)) {
      throw new IllegalArgumentException("a load is positive, this is " + perSecond);
    }
    this.operation = operation;
    this.perSecond = perSecond;
    this.mostInFlight = mostInFlight;
  }

  /**
   * Runs for a while, and until all that was begun has ended.
   *
   * @return the latency of each operation, nanoseconds
   * @throws Exception the first failure of an operation
   * @throws TimeoutException where operations do not end
   */
  public Histogram run(Duration length) throws Exception {
    Histogram latencies = new ConcurrentHistogram(HIGHEST_NANOS, DIGITS);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Semaphore room = new Semaphore(mostInFlight);
    long operations = Math.max(1, Math.round(perSecond * (length.toNanos() / 1e9)));
    long begin = System.nanoTime();
    for (long i = 0; i < operations && failure.get() == null; i++) {
      long due = begin + (long) (i / perSecond * 1e9);
      awaitNanoTime(due);
      take(room, 1);
      operation.begin(
          failed -> {
            if (failed == null) {
              latencies.recordValue(Math.min(HIGHEST_NANOS, Math.max(0, System.nanoTime() - due)));
            } else {
              failure.compareAndSet(null, failed);
            }
            room.release();
          });
    }
    take(room, mostInFlight);
    if (failure.get() != null) {
      throw new IllegalStateException("an operation failed", failure.get());
    }
    return latencies;
  }

  private void awaitNanoTime(long due) throws InterruptedException {
    boolean together = perSecond * SHORTEST_PAUSE_NANOS > 1e9;
    for (long left = due - System.nanoTime();
        left > (together ? 0 : SHORTEST_PAUSE_NANOS);
        left = due - System.nanoTime()) {
      LockSupport.parkNanos(together ? Math.max(left, TOGETHER_NANOS) : left);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  private static void take(Semaphore room, int permits)
      throws InterruptedException, TimeoutException {
    if (!room.tryAcquire(permits, GRACE.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new TimeoutException("operations do not end: none made room in " + GRACE);
    }
  }
}
