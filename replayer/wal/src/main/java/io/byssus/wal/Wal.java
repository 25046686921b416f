package io.byssus.wal;

import io.byssus.proto.log.v1.LogRecord;
import java.util.concurrent.CompletableFuture;

/** The log, as a writer sees it. */
public interface Wal extends AutoCloseable {
  /**
   * Hands a record to the log. Returns at once but for a lack of room, which it waits out for about
   * a second; not for event loops.
   *
   * <p>The future completes with the record's offset when the record is durable, on the log's own
   * thread: what depends on it must not block. It fails with a {@link
   * io.byssus.model.ByssusException} of one of these codes:
   *
   * <ul>
   *   <li>{@code LOG_UNAVAILABLE}: this copy was never handed over; it is certainly not in the log
   *       and never will be.
   *   <li>{@code INDETERMINATE}: it was handed over and the answer did not come, or was not clear.
   *   <li>{@code LOG_REFUSED}: the log is not this cluster's or has lost records; this copy was not
   *       handed over.
   * </ul>
   *
   * @param shard 0 to shard count − 1
   */
  CompletableFuture<Long> append(int shard, LogRecord record);

  /**
   * Completes once the log has been looked at, whatever was seen: until then it takes no record.
   * Stays open where the log is closed before.
   */
  CompletableFuture<Void> firstLook();

  /** Stops taking records, and waits a few seconds for answers to those handed over. */
  @Override
  void close();
}
