package io.byssus.client.stamps;

import io.byssus.client.calls.CallFailure;
import io.byssus.model.ErrorCode;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Bounds the writes that a client has open, by count and by bytes. */
public final class OpenWrites {
  private final int maxCount;
  private final long maxBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int count;
  private long bytes;

  public OpenWrites(int maxCount, long maxBytes) {
    this.maxCount = maxCount;
    this.maxBytes = maxBytes;
  }

  /** Takes a place if there is one; a write larger than all bytes allowed gets one alone. */
  public boolean tryEnter(int writeBytes) {
    lock.lock();
    try {
      if (!hasRoom(writeBytes)) {
        return false;
      }
      count++;
      bytes += writeBytes;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a place, waiting for it.
   *
   * @return false where none came free in time
   * @throws InterruptedException where the thread was interrupted; it has no place then
   */
  public boolean enter(int writeBytes, long nanos) throws InterruptedException {
    long left = nanos;
    lock.lockInterruptibly();
    try {
      while (!hasRoom(writeBytes)) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      count++;
      bytes += writeBytes;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Gives a place back. */
  public void leave(int writeBytes) {
    leave(1, writeBytes);
  }

  /** Gives several places back. */
  public void leave(int writes, long writeBytes) {
    lock.lock();
    try {
      count -= writes;
      bytes -= writeBytes;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until no write is open, this long at most. */
  public void awaitNone(long nanos) throws InterruptedException {
    long left = nanos;
    lock.lockInterruptibly();
    try {
      while (count > 0 && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** What a write fails with that found no place. */
  public CallFailure full() {
    return CallFailure.local(
        ErrorCode.OVERLOADED,
        "the client has as many writes open as it may: "
            + maxCount
            + " writes, "
            + maxBytes
            + " bytes");
  }

  private boolean hasRoom(int writeBytes) {
    return count < maxCount && (count == 0 || bytes + writeBytes <= maxBytes);
  }
}
