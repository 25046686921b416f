package io.byssus.wal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** A target that keeps what it is given, and checks that it comes as promised. */
final class CollectingTarget implements ReplayTarget {
  private final int shard;
  private final long from;
  private final int epoch;
  private final List<LogEntry> entries = new ArrayList<>();
  private long endOffset = -1;
  private String refused;
  private boolean accepted;
  private HaltReason halted;
  private boolean awaited;
  private Runnable onAwaited = () -> {};
  private boolean applying;
  private String broken;

  CollectingTarget(int shard, long from, int epoch) {
    this.shard = shard;
    this.from = from;
    this.epoch = epoch;
  }

  @Override
  public int shard() {
    return shard;
  }

  @Override
  public long nextOffset() {
    return from;
  }

  @Override
  public int lastLeaderEpoch() {
    return epoch;
  }

  @Override
  public void apply(List<LogEntry> batch) {
    synchronized (this) {
      if (applying) {
        broken = "two batches at once";
      }
      applying = true;
    }
    synchronized (this) {
      for (LogEntry entry : batch) {
        long expected = from + entries.size();
        if (entry.offset() != expected) {
          broken = "offset " + entry.offset() + " instead of " + expected;
        }
        entries.add(entry);
      }
      applying = false;
    }
  }

  @Override
  public synchronized boolean isAwaited() {
    return awaited;
  }

  @Override
  public synchronized void onAwaited(Runnable action) {
    onAwaited = action;
  }

  /** Somebody waits from now on, or nobody does. */
  void await(boolean now) {
    Runnable action;
    synchronized (this) {
      awaited = now;
      action = onAwaited;
    }
    if (now) {
      action.run();
    }
  }

  @Override
  public synchronized void logEnd(long end, long askedNanos) {
    endOffset = end;
  }

  @Override
  public synchronized void logRefused(String why) {
    refused = why;
  }

  @Override
  public synchronized void logAccepted() {
    accepted = true;
    refused = null;
  }

  @Override
  public synchronized void halted(HaltReason reason, String message) {
    halted = reason;
  }

  synchronized List<LogEntry> entries() {
    if (broken != null) {
      throw new AssertionError(broken);
    }
    return List.copyOf(entries);
  }

  synchronized long endOffset() {
    return endOffset;
  }

  synchronized String refused() {
    return refused;
  }

  synchronized boolean accepted() {
    return accepted;
  }

  synchronized HaltReason halted() {
    return halted;
  }

  void awaitEntries(int count) {
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> entries().size() >= count);
  }
}
