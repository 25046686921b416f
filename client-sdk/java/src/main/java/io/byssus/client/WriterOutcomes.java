package io.byssus.client;

import io.byssus.client.calls.Calls;
import io.byssus.client.stamps.OpenWrites;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the callers of a writer what became of their writes, always on the callback executor, many
 * writes to a task. A write gives its place back once its caller was told.
 */
final class WriterOutcomes {
  private static final Logger LOG = LoggerFactory.getLogger(WriterOutcomes.class);

  private final Calls calls;
  private final OpenWrites open;
  private final WriterInbox inbox;

  /** Of the writer's thread. */
  private List<StreamedWrite> ended = new ArrayList<>();

  /**
   * @param open where the writes have their places
   * @param inbox is told whose callers were told
   */
  WriterOutcomes(Calls calls, OpenWrites open, WriterInbox inbox) {
    this.calls = calls;
    this.open = open;
    this.inbox = inbox;
  }

  /** Notes a write that has ended, for {@link #tellEnded}. For the writer's thread. */
  void ended(StreamedWrite write) {
    ended.add(write);
  }

  /** Has the callers told of the writes that have ended. For the writer's thread. */
  void tellEnded() {
    if (ended.isEmpty()) {
      return;
    }
    List<StreamedWrite> batch = ended;
    ended = new ArrayList<>();
    tell(batch);
  }

  /** Has the callers told of writes that have ended and hold places. */
  void tell(List<StreamedWrite> batch) {
    calls.callBack(
        () -> {
          long bytes = 0;
          for (StreamedWrite write : batch) {
            bytes += write.bytes();
            tellNow(write);
          }
          open.leave(batch.size(), bytes);
          inbox.told(batch);
        });
  }

  /** Has the caller told of a write that found no place. */
  void tellRefused(StreamedWrite write) {
    calls.callBack(
        () -> {
          tellNow(write);
          inbox.told(List.of(write));
        });
  }

  private static void tellNow(StreamedWrite write) {
    try {
      write.tell();
    } catch (RuntimeException | Error e) {
      // The others of the batch must be told, and the places given back, whatever this one did.
      LOG.warn("a listener of a write failed", e);
    }
  }
}
