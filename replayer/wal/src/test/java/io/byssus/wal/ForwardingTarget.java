package io.byssus.wal;

import java.util.List;

/** A target that passes everything on; tests override what they want to be otherwise. */
class ForwardingTarget implements ReplayTarget {
  private final ReplayTarget next;

  ForwardingTarget(ReplayTarget next) {
    this.next = next;
  }

  @Override
  public int shard() {
    return next.shard();
  }

  @Override
  public long nextOffset() {
    return next.nextOffset();
  }

  @Override
  public int lastLeaderEpoch() {
    return next.lastLeaderEpoch();
  }

  @Override
  public void apply(List<LogEntry> entries) {
    next.apply(entries);
  }

  @Override
  public boolean isAwaited() {
    return next.isAwaited();
  }

  @Override
  public void onAwaited(Runnable action) {
    next.onAwaited(action);
  }

  @Override
  public void logEnd(long endOffset, long askedNanos) {
    next.logEnd(endOffset, askedNanos);
  }

  @Override
  public void logRefused(String why) {
    next.logRefused(why);
  }

  @Override
  public void logAccepted() {
    next.logAccepted();
  }

  @Override
  public void halted(HaltReason reason, String message) {
    next.halted(reason, message);
  }
}
