package io.byssus.bench.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** Many steps that block, a few at a time. */
final class Lanes {
  private static final int AT_ONCE = 16;

  private Lanes() {}

  /**
   * Takes the steps from 0 to below a number; returns when all are over. Where one fails, no more
   * are begun.
   *
   * @throws ExecutionException with the first failure
   */
  static void run(int steps, IntConsumer step) throws ExecutionException, InterruptedException {
    AtomicInteger next = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(AT_ONCE, steps));
    try {
      List<Future<?>> lanes = new ArrayList<>();
      for (int i = 0; i < Math.min(AT_ONCE, steps); i++) {
        lanes.add(threads.submit(() -> lane(next, steps, step)));
      }
      for (Future<?> lane : lanes) {
        lane.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void lane(AtomicInteger next, int steps, IntConsumer step) {
    try {
      for (int i = next.getAndIncrement(); i < steps; i = next.getAndIncrement()) {
        step.accept(i);
      }
    } catch (RuntimeException e) {
      next.set(steps);
      throw e;
    }
  }
}
