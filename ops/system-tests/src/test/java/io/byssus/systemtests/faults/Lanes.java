package io.byssus.systemtests.faults;

import io.byssus.testkit.Seed;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Keeps a number of asynchronous steps going: each lane begins a step when the one before has
 * ended, until all are stopped. So the number of steps in flight is the number of lanes.
 */
public final class Lanes {
  private final String name;
  private final Executor executor;
  private final Step step;
  private final Consumer<String> broken;
  private final CountDownLatch running;
  private volatile boolean stopped;

  /** A step; must deal with its own expected failures: one that fails stops its lane. */
  @FunctionalInterface
  public interface Step {
    CompletableFuture<?> begin(RandomGenerator random);
  }

  /**
   * Lanes that run at once.
   *
   * @param executor begins steps; must not run them on the caller's thread
   * @param broken is told of a lane that broke
   */
  public Lanes(
      String name, int width, Seed seed, Executor executor, Step step, Consumer<String> broken) {
    this.name = name;
    this.executor = executor;
    this.step = step;
    this.broken = broken;
    this.running = new CountDownLatch(width);
    for (int lane = 0; lane < width; lane++) {
      RandomGenerator random = seed.part(lane).random();
      executor.execute(() -> go(random));
    }
  }

  private void go(RandomGenerator random) {
    if (stopped) {
      running.countDown();
      return;
    }
    CompletableFuture<?> begun;
    try {
      begun = step.begin(random);
    } catch (RuntimeException e) {
      begun = CompletableFuture.failedFuture(e);
    }
    begun.whenComplete(
        (result, failure) -> {
          if (failure == null) {
            executor.execute(() -> go(random));
          } else {
            broken.accept("a lane of " + name + " broke: " + failure);
            running.countDown();
          }
        });
  }

  /** Begins no more steps. */
  public void stop() {
    stopped = true;
  }

  /** Waits until the steps in flight have ended. */
  public void awaitEnd(Duration limit) throws InterruptedException {
    if (!running.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new IllegalStateException(
          running.getCount() + " lanes of " + name + " do not end within " + limit);
    }
  }
}
