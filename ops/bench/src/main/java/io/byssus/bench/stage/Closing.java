package io.byssus.bench.stage;

import java.util.ArrayDeque;
import java.util.Deque;

/** What is open, closed in the opposite order. Thread-safe. */
final class Closing implements AutoCloseable {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  synchronized <T extends AutoCloseable> T add(T part) {
    open.push(part);
    return part;
  }

  /** Closes all, also where one fails; throws the first failure. */
  @Override
  public synchronized void close() throws Exception {
    Exception first = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
