package io.byssus.server;

import java.util.ArrayDeque;

/**
 * How long ago a replica was at the log's end.
 *
 * <p>Kafka is asked now and then where the log ends. Once the replica has applied up to an answer,
 * it holds everything that had been acknowledged when the question was asked: that moment is when
 * it was last at the end. Thread-safe.
 */
final class LogEndTracker {
  private static final int MAX_ANSWERS = 64;

  private record Answer(long endOffset, long askedNanos) {}

  private final ArrayDeque<Answer> ahead = new ArrayDeque<>();
  private final long sinceNanos;
  private boolean everAtEnd;
  private long atEndNanos;
  private long lastEndOffset;
  private long nextOffset;

  LogEndTracker(long nextOffset, long nowNanos) {
    this.nextOffset = nextOffset;
    this.sinceNanos = nowNanos;
  }

  /** The log ended at an offset when it was asked. */
  synchronized void logEnd(long endOffset, long askedNanos) {
    lastEndOffset = endOffset;
    if (ahead.size() < MAX_ANSWERS) {
      ahead.addLast(new Answer(endOffset, askedNanos));
    }
    settle();
  }

  /** Everything before an offset has been applied. */
  synchronized void applied(long offset) {
    nextOffset = offset;
    settle();
  }

  private void settle() {
    while (!ahead.isEmpty() && ahead.peekFirst().endOffset <= nextOffset) {
      atEndNanos = ahead.removeFirst().askedNanos;
      everAtEnd = true;
    }
  }

  /** For how long the replica has not known itself to be at the end, milliseconds. */
  synchronized long ageMillis(long nowNanos) {
    return Math.max(0, nowNanos - (everAtEnd ? atEndNanos : sinceNanos)) / 1_000_000;
  }

  /** Whether it ever was at the end. */
  synchronized boolean everAtEnd() {
    return everAtEnd;
  }

  /** How many records it lacks, by the last answer. */
  synchronized long lagRecords() {
    return Math.max(0, lastEndOffset - nextOffset);
  }

  /** The log's end by the last answer. */
  synchronized long endOffset() {
    return Math.max(lastEndOffset, nextOffset);
  }
}
