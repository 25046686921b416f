package io.byssus.client.calls;

import java.util.ArrayDeque;
import java.util.Collection;

/**
 * Runs what one write's end sets off in other writes, on the same thread but never one inside the
 * other: ten thousand writes of one record that fail one after the other must not nest ten thousand
 * deep.
 */
public final class Trampoline {
  private static final ThreadLocal<ArrayDeque<Runnable>> RUNNING = new ThreadLocal<>();

  private Trampoline() {}

  /**
   * Runs the steps now, or after those that this thread is running. A step that throws does not
   * keep the others from being run; what it threw is thrown after them.
   */
  public static void run(Collection<Runnable> steps) {
    if (steps.isEmpty()) {
      return;
    }
    ArrayDeque<Runnable> running = RUNNING.get();
    if (running != null) {
      running.addAll(steps);
      return;
    }
    running = new ArrayDeque<>(steps);
    RUNNING.set(running);
    RuntimeException thrown = null;
    try {
      while (!running.isEmpty()) {
        try {
          running.poll().run();
        } catch (RuntimeException e) {
          thrown = thrown == null ? e : thrown;
        }
      }
    } finally {
      RUNNING.remove();
    }
    if (thrown != null) {
      throw thrown;
    }
  }
}
