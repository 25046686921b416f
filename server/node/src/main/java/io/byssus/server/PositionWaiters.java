package io.byssus.server;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Those who wait until a replica has applied a position, at most {@value #MAX_WAITING} at once.
 * Thread-safe.
 */
final class PositionWaiters {
  static final int MAX_WAITING = 16_384;

  private final TreeMap<Long, List<CompletableFuture<Void>>> waiting =
      new TreeMap<>(Long::compareUnsigned);
  private final Runnable onFirst;
  private volatile long reached;
  private volatile int count;
  private ByssusException ended;

  /**
   * Nobody waits yet.
   *
   * @param onFirst run when somebody begins to wait where nobody has
   */
  PositionWaiters(Runnable onFirst) {
    this.onFirst = onFirst;
  }

  /** Whether anybody waits. */
  boolean any() {
    return count > 0;
  }

  /** Whether a position is reached. */
  boolean hasReached(long position) {
    return Long.compareUnsigned(reached, position) >= 0;
  }

  /**
   * Completes when a position is reached, at once where it has been; on the thread that reaches it,
   * so what depends on it must not block. Fails where the replica ends first.
   *
   * @throws ByssusException OVERLOADED
   */
  CompletableFuture<Void> await(long position) {
    if (hasReached(position)) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> future;
    boolean first;
    synchronized (this) {
      first = count == 0;
      future = join(position);
    }
    if (first && !future.isDone()) {
      onFirst.run();
    }
    return future;
  }

  private CompletableFuture<Void> join(long position) {
    if (hasReached(position)) {
      return CompletableFuture.completedFuture(null);
    }
    if (ended != null) {
      return CompletableFuture.failedFuture(ended);
    }
    if (count >= MAX_WAITING) {
      throw new ByssusException(
          ErrorCode.OVERLOADED,
          MAX_WAITING + " reads wait for this replica already, the most allowed");
    }
    CompletableFuture<Void> future = new CompletableFuture<>();
    waiting.computeIfAbsent(position, p -> new ArrayList<>(1)).add(future);
    count++;
    return future;
  }

  /** Stops waiting. */
  synchronized void forget(long position, CompletableFuture<Void> future) {
    List<CompletableFuture<Void>> same = waiting.get(position);
    if (same != null && same.remove(future)) {
      count--;
      if (same.isEmpty()) {
        waiting.remove(position);
      }
    }
  }

  /** Tells that a position has been reached. */
  void reached(long position) {
    List<CompletableFuture<Void>> due = new ArrayList<>();
    synchronized (this) {
      reached = position;
      Map<Long, List<CompletableFuture<Void>>> passed = waiting.headMap(position, true);
      passed.values().forEach(due::addAll);
      passed.clear();
      count -= due.size();
    }
    due.forEach(future -> future.complete(null));
  }

  /** Fails all who wait, and all who come, for a position that has not been reached. */
  void end(ByssusException why) {
    List<CompletableFuture<Void>> left = new ArrayList<>();
    synchronized (this) {
      ended = why;
      waiting.values().forEach(left::addAll);
      waiting.clear();
      count = 0;
    }
    left.forEach(future -> future.completeExceptionally(why));
  }
}
