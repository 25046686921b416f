package io.byssus.wal;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import java.util.ArrayDeque;

/**
 * The door through which one shard's records go into the producer.
 *
 * <p>It is shut until the log has been seen to be ours; it shuts while the oldest record handed
 * over is unanswered for two seconds, so that callers hear "certainly not written" at once instead
 * of "perhaps" much later, and so that a partition without a leader cannot fill the buffer that all
 * shards share; and it is shut while the log is another one. A probe opens it again. It shuts for
 * good once the log has lost what it had acknowledged: that needs an operator.
 */
final class ShardGate {
  static final int MAX_RECORDS_IN_FLIGHT = 16_384;
  static final long MAX_BYTES_IN_FLIGHT = 16L * 1024 * 1024;
  static final long PATIENCE_NANOS = 2_000_000_000L;

  private final int shard;
  private final ArrayDeque<HandOver> inFlight = new ArrayDeque<>();
  private int recordsInFlight;
  private long bytesInFlight;
  private String shutBecause = "the log has not been checked yet";
  private String refusedBecause;
  private String lostBecause;
  private long lastAcknowledged = -1;

  ShardGate(int shard) {
    this.shard = shard;
  }

  /** One record on its way. */
  static final class HandOver {
    private final long sinceNanos;
    private final int bytes;
    private boolean answered;

    HandOver(long sinceNanos, int bytes) {
      this.sinceNanos = sinceNanos;
      this.bytes = bytes;
    }
  }

  /**
   * Lets a record in.
   *
   * @throws ByssusException LOG_UNAVAILABLE or LOG_REFUSED where the door is shut
   */
  synchronized HandOver enter(int bytes, long nowNanos) {
    shutIfUnanswered(nowNanos);
    String refusal = lostBecause != null ? lostBecause : refusedBecause;
    if (refusal != null) {
      throw new ByssusException(
          ErrorCode.LOG_REFUSED, "the log of shard " + shard + " is refused: " + refusal);
    }
    if (shutBecause != null) {
      throw unavailable(shutBecause);
    }
    if (recordsInFlight >= MAX_RECORDS_IN_FLIGHT || bytesInFlight + bytes > MAX_BYTES_IN_FLIGHT) {
      throw unavailable(
          recordsInFlight
              + " records ("
              + bytesInFlight
              + " bytes) are in flight, the most allowed");
    }
    HandOver handOver = new HandOver(nowNanos, bytes);
    inFlight.addLast(handOver);
    recordsInFlight++;
    bytesInFlight += bytes;
    return handOver;
  }

  /** The record came out again without an offset: it failed, or never left. */
  synchronized void failed(HandOver handOver) {
    leave(handOver);
  }

  /**
   * The log acknowledged a record at an offset.
   *
   * @return whether to believe it; not where the log acknowledged higher offsets before
   */
  synchronized boolean acknowledged(HandOver handOver, long offset) {
    leave(handOver);
    if (offset <= lastAcknowledged) {
      lostBecause =
          "it gave offset "
              + offset
              + " to a new record after it had acknowledged offset "
              + lastAcknowledged;
      return false;
    }
    lastAcknowledged = offset;
    return true;
  }

  /**
   * The highest offset acknowledged so far; −1 where there is none. To be asked before the log is
   * looked at.
   */
  synchronized long lastAcknowledged() {
    return lastAcknowledged;
  }

  /**
   * The log was seen to be ours, and to end at an offset for this shard.
   *
   * @param acknowledgedBefore {@link #lastAcknowledged} from before the look: what was acknowledged
   *     meanwhile need not be seen
   */
  synchronized void seenOurs(long endOffset, long acknowledgedBefore, long nowNanos) {
    if (endOffset <= acknowledgedBefore) {
      lostBecause =
          "it ends at offset " + endOffset + " but had acknowledged offset " + acknowledgedBefore;
      return;
    }
    refusedBecause = null;
    shutBecause = null;
    shutIfUnanswered(nowNanos);
  }

  /** The log was seen not to be ours. */
  synchronized void seenNotOurs(String why) {
    refusedBecause = why;
  }

  /** Whether a probe has to look at the log before records may go in. */
  synchronized boolean needsProbe(long nowNanos) {
    shutIfUnanswered(nowNanos);
    return shutBecause != null || refusedBecause != null || lostBecause != null;
  }

  synchronized int recordsInFlight() {
    return recordsInFlight;
  }

  private void shutIfUnanswered(long nowNanos) {
    HandOver oldest = inFlight.peekFirst();
    if (oldest != null && nowNanos - oldest.sinceNanos > PATIENCE_NANOS) {
      shutBecause = "the oldest record handed over is unanswered for more than 2 s";
    }
  }

  private void leave(HandOver handOver) {
    handOver.answered = true;
    recordsInFlight--;
    bytesInFlight -= handOver.bytes;
    while (!inFlight.isEmpty() && inFlight.peekFirst().answered) {
      inFlight.removeFirst();
    }
  }

  private ByssusException unavailable(String why) {
    return new ByssusException(
        ErrorCode.LOG_UNAVAILABLE, "the log of shard " + shard + " takes no writes now: " + why);
  }
}
