package io.byssus.wal;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that all feeds of a node share for what is fetched and not yet applied. A feed that
 * has nothing queued may always fetch, so that every shard gets on.
 */
final class FeedBudget {
  private final long bytes;
  private final AtomicLong used = new AtomicLong();

  FeedBudget(long bytes) {
    this.bytes = bytes;
  }

  /** An eighth of the heap. */
  static FeedBudget ofHeap() {
    return new FeedBudget(Runtime.getRuntime().maxMemory() / 8);
  }

  void take(long taken) {
    used.addAndGet(taken);
  }

  void giveBack(long given) {
    used.addAndGet(-given);
  }

  boolean exceeded() {
    return used.get() >= bytes;
  }
}
