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
  static final long PATIENCE_NANOS = 2_000_000_000L;

  private final int shard;
  private final long maxBytesInFlight;
  private final ArrayDeque<HandOver> inFlight = new ArrayDeque<>();
  private int recordsInFlight;
  private long bytesInFlight;
  private String shutBecause = "the log has not been checked yet";
  private String refusedBecause;
  private String lostBecause;
  private long known = -1;
  private boolean seenShort;

  /** A shut gate. */
  ShardGate(int shard, long maxBytesInFlight) {
    this.shard = shard;
    this.maxBytesInFlight = maxBytesInFlight;
  }

  /** One record on its way. */
  static final class HandOver {
    private final long sinceNanos;
    private final int bytes;
    private final long knownBefore;
    private boolean answered;

    HandOver(long sinceNanos, int bytes, long knownBefore) {
      this.sinceNanos = sinceNanos;
      this.bytes = bytes;
      this.knownBefore = knownBefore;
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
    if (recordsInFlight >= MAX_RECORDS_IN_FLIGHT || bytesInFlight + bytes > maxBytesInFlight) {
      throw unavailable(
          recordsInFlight
              + " records ("
              + bytesInFlight
              + " bytes) are in flight, the most allowed");
    }
    HandOver handOver = new HandOver(nowNanos, bytes, known);
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
   * @return whether to believe it; not where the log was known to hold that offset before the
   *     record was handed over: then it has lost what it held
   */
  synchronized boolean acknowledged(HandOver handOver, long offset) {
    leave(handOver);
    if (offset <= handOver.knownBefore) {
      lostBecause =
          "it gave offset "
              + offset
              + " to a new record after it was known to hold offset "
              + handOver.knownBefore;
      return false;
    }
    known = Math.max(known, offset);
    return true;
  }

  /** The highest offset that the log was known to hold; −1 for none. Asked before a look. */
  synchronized long known() {
    return known;
  }

  /**
   * The log was seen to be ours, and to end at an offset for this shard. One look that finds less
   * than was known shuts the gate, since a broker that was just deposed may tell an old end; a
   * second one in a row means that the log has lost records.
   *
   * @param knownBefore {@link #known} from before the look: what was acknowledged meanwhile need
   *     not be seen
   */
  synchronized void seenOurs(long endOffset, long knownBefore, long nowNanos) {
    if (endOffset <= knownBefore) {
      shutBecause =
          "it ends at offset " + endOffset + " but was known to hold offset " + knownBefore;
      lostBecause = seenShort ? shutBecause : lostBecause;
      seenShort = true;
      return;
    }
    seenShort = false;
    known = Math.max(known, endOffset - 1);
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

  private void shutIfUnanswered(long nowNanos) {
    HandOver oldest = inFlight.peekFirst();
    if (oldest != null && nowNanos - oldest.sinceNanos > PATIENCE_NANOS) {
      shutBecause = "the oldest record handed over is unanswered for more than 2 s";
    }
  }

  private void leave(HandOver handOver) {
    if (handOver.answered) {
      return;
    }
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
