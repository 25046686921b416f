package io.byssus.storage;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;

/**
 * Counts who is using something native, so that it is closed only when nobody is: after that a use
 * would crash the process.
 */
final class UseCount {
  private int users;
  private boolean closing;

  /** Begins a use; false once closing has begun. */
  synchronized boolean begin() {
    if (closing) {
      return false;
    }
    users++;
    return true;
  }

  /**
   * Begins a use.
   *
   * @throws ByssusException SHARD_NOT_HERE once closing has begun
   */
  void require() {
    if (!begin()) {
      throw new ByssusException(ErrorCode.SHARD_NOT_HERE, "the shard is being closed");
    }
  }

  /** Ends a use. */
  synchronized void end() {
    users--;
    notifyAll();
  }

  /** Lets nobody begin any more, and waits until all have ended. True for the first caller only. */
  synchronized boolean close() {
    boolean first = !closing;
    closing = true;
    boolean interrupted = false;
    while (users > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return first;
  }
}
