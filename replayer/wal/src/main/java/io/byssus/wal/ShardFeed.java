package io.byssus.wal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bounded queue between a {@link ReplayLoop}, which fills it, and the threads that apply, at
 * most one of which empties it at a time. Whatever came in while one batch was applied, and while
 * the shard rested after it, is the next batch: {@link ApplyPace}.
 */
final class ShardFeed {
  private static final Logger log = LoggerFactory.getLogger(ShardFeed.class);
  static final long FULL_BYTES = 8L * 1024 * 1024;
  static final int FULL_ENTRIES = 20_000;
  static final int MAX_BATCH_ENTRIES = 5_000;
  static final long MAX_BATCH_BYTES = 4L * 1024 * 1024;

  private final ReplayTarget target;
  private final ApplyLanes lanes;
  private final FeedBudget budget;
  private final LongSupplier nanoTime;
  private final ApplyPace pace = new ApplyPace();
  private final ArrayDeque<LogEntry> queue = new ArrayDeque<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private long nextOffset;
  private int lastEpoch;
  private Runnable onDrained = () -> {};
  private long queuedBytes;
  private boolean applying;
  private boolean resting;
  private boolean full;
  private boolean over;

  ShardFeed(ReplayTarget target, ApplyLanes lanes, FeedBudget budget, LongSupplier nanoTime) {
    this.target = target;
    this.lanes = lanes;
    this.budget = budget;
    this.nanoTime = nanoTime;
    this.nextOffset = target.nextOffset();
    this.lastEpoch = target.lastLeaderEpoch();
  }

  ReplayTarget target() {
    return target;
  }

  /** The offset to be fetched next. */
  synchronized long nextOffset() {
    return nextOffset;
  }

  /** The leader epoch of the record before {@link #nextOffset}; −1 where unknown. */
  synchronized int lastEpoch() {
    return lastEpoch;
  }

  /** What to run, on an applying thread, when a full queue has room again. */
  synchronized void onDrained(Runnable action) {
    onDrained = action;
  }

  /** Takes entries. Called by one loop at a time. */
  synchronized void offer(List<LogEntry> entries) {
    if (over) {
      return;
    }
    long before = queuedBytes;
    for (LogEntry entry : entries) {
      queue.addLast(entry);
      queuedBytes += size(entry);
      nextOffset = entry.offset() + 1;
      lastEpoch = entry.leaderEpoch();
    }
    budget.take(queuedBytes - before);
    full = full || queuedBytes >= FULL_BYTES || queue.size() >= FULL_ENTRIES || budget.exceeded();
    schedule();
  }

  /** Whether the loop should fetch no more for now. */
  synchronized boolean full() {
    return full;
  }

  synchronized boolean over() {
    return over;
  }

  /** Takes no more, drops what is queued; completes when nothing is being applied any more. */
  synchronized CompletableFuture<Void> end() {
    over = true;
    queue.clear();
    budget.giveBack(queuedBytes);
    queuedBytes = 0;
    if (!applying) {
      ended.complete(null);
    }
    return ended;
  }

  /** Ends the feed because the log cannot be read. */
  void halt(HaltReason reason, String message) {
    synchronized (this) {
      if (over) {
        return;
      }
      end();
    }
    target.halted(reason, message);
  }

  /** Somebody has begun to wait for what is to be applied. */
  synchronized void awaited() {
    schedule();
  }

  private void schedule() {
    if (applying || queue.isEmpty()) {
      return;
    }
    boolean hurried = full || target.isAwaited();
    long now = nanoTime.getAsLong();
    long rest = hurried ? 0 : pace.restNanos(queue.size(), queuedBytes, now);
    if (rest <= 0) {
      applying = true;
      lanes.execute(this::applyOne);
    } else if (!resting) {
      resting = true;
      lanes.executeIn(rest, this::rested);
    }
  }

  private synchronized void rested() {
    resting = false;
    schedule();
  }

  private void applyOne() {
    List<LogEntry> batch = take();
    try {
      if (!batch.isEmpty()) {
        target.apply(batch);
      }
    } catch (ReplayHaltedException e) {
      log.error("replay halted: shard={} reason={}", target.shard(), e.reason(), e);
      halt(e.reason(), e.getMessage());
    } catch (RuntimeException | Error e) {
      log.error("replay halted: shard={} reason={}", target.shard(), HaltReason.APPLY_FAILED, e);
      halt(HaltReason.APPLY_FAILED, String.valueOf(e));
    }
    Runnable drained = null;
    synchronized (this) {
      applying = false;
      pace.applied(batch.size(), nanoTime.getAsLong());
      if (over) {
        ended.complete(null);
      } else if (full && hasRoom()) {
        full = false;
        drained = onDrained;
      }
      schedule();
    }
    if (drained != null) {
      drained.run();
    }
  }

  private boolean hasRoom() {
    return queue.isEmpty()
        || (queuedBytes <= FULL_BYTES / 2
            && queue.size() <= FULL_ENTRIES / 2
            && !budget.exceeded());
  }

  private synchronized List<LogEntry> take() {
    List<LogEntry> batch = new ArrayList<>(Math.min(queue.size(), MAX_BATCH_ENTRIES));
    long bytes = 0;
    while (!queue.isEmpty() && batch.size() < MAX_BATCH_ENTRIES && bytes < MAX_BATCH_BYTES) {
      LogEntry entry = queue.removeFirst();
      batch.add(entry);
      bytes += size(entry);
    }
    queuedBytes -= bytes;
    budget.giveBack(bytes);
    return batch;
  }

  private static long size(LogEntry entry) {
    return 64L + (entry.bytes() == null ? 0 : entry.bytes().length);
  }
}
