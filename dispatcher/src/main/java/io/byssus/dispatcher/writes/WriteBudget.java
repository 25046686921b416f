package io.byssus.dispatcher.writes;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Limits;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the memory that writes in hand may hold together. The bound on calls alone would not: ten
 * thousand of them may be a few hundred KiB or tens of GiB.
 */
final class WriteBudget {
  private final long maxBytes;
  private final AtomicLong inHand = new AtomicLong();

  /** A budget of so many bytes, and no less than a few of the largest batches. */
  WriteBudget(long maxBytes) {
    this.maxBytes = Math.max(maxBytes, 4L * Limits.MAX_LOG_RECORD_BYTES);
  }

  /**
   * Takes a write in hand; to be followed by {@link #giveBack}.
   *
   * @throws ByssusException OVERLOADED where there is no room for it
   */
  void take(long bytes) {
    if (inHand.addAndGet(bytes) > maxBytes) {
      inHand.addAndGet(-bytes);
      throw new ByssusException(
          ErrorCode.OVERLOADED,
          "the writes in hand already hold nearly " + maxBytes + " bytes, the most allowed");
    }
  }

  /** A write is not in hand any more. */
  void giveBack(long bytes) {
    inHand.addAndGet(-bytes);
  }

  /** The bytes of all writes in hand. */
  long inHand() {
    return inHand.get();
  }
}
