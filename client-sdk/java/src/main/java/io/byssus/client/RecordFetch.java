package io.byssus.client;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.BooleanSupplier;

/**
 * Goes through the records that a cursor fetches piece by piece. Whatever ends a fetch closes the
 * cursor. For one thread at a time.
 */
final class RecordFetch implements Iterator<StoredRecord> {
  private final BooleanSupplier done;
  private final Fetch fetch;
  private final Runnable close;
  private List<StoredRecord> piece = List.of();
  private int taken;

  /** Brings the next records. */
  interface Fetch {
    /** Waits for the next piece; empty where there turned out to be none. */
    List<StoredRecord> piece() throws InterruptedException;
  }

  /**
   * @param done whether every record was fetched
   * @param close closes the cursor; more than once is once
   */
  RecordFetch(BooleanSupplier done, Fetch fetch, Runnable close) {
    this.done = done;
    this.fetch = fetch;
    this.close = close;
  }

  /**
   * Whether there is another record. Waits for it.
   *
   * @throws ByssusClientException where the read cannot go on, or the thread is interrupted
   */
  @Override
  public boolean hasNext() {
    while (taken == piece.size()) {
      if (done.getAsBoolean()) {
        close.run();
        return false;
      }
      piece = List.of();
      taken = 0;
      try {
        piece = fetch.piece();
      } catch (ByssusClientException e) {
        close.run();
        throw e;
      } catch (InterruptedException e) {
        close.run();
        throw Blocking.interrupted(e);
      }
    }
    return true;
  }

  @Override
  public StoredRecord next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return piece.get(taken++);
  }

  /** Whether records were fetched that were not taken. */
  boolean hasFetched() {
    return taken < piece.size();
  }
}
