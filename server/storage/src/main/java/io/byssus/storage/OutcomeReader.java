package io.byssus.storage;

import io.byssus.proto.internal.v1.OutcomeKind;
import io.byssus.proto.internal.v1.WriteOutcome;
import io.byssus.proto.log.v1.WriterStamp;

/** Tells what became of a write, as far as the shard remembers. */
final class OutcomeReader {
  private OutcomeReader() {}

  /**
   * The outcome under a stamp. A write to a dropped namespace was not applied; nothing is known of
   * one whose accept-until has passed, or that its writer has closed.
   */
  static WriteOutcome read(ShardStore store, WriterStamp stamp, long clockMillis) {
    if (clockMillis > stamp.getAcceptUntilMs()) {
      // What is kept may be gone, and an empty window may be that of another life of the writer.
      return WriteOutcome.getDefaultInstance();
    }
    WriterId writer = WriterId.of(stamp);
    // The outcome first: it is deleted together with the change of the window that closes it.
    byte[] kept = store.get(ShardKeys.outcome(writer, stamp.getSequence()));
    if (kept != null && StoredOutcome.acceptUntilMillis(kept) >= clockMillis) {
      return StoredOutcome.decode(kept).outcome();
    }
    byte[] stored = store.get(ShardKeys.writer(writer));
    if (stored == null) {
      return WriteOutcome.getDefaultInstance();
    }
    WriterWindow window = WriterWindow.decode(stored);
    if (window.endedBy(clockMillis)) {
      return WriteOutcome.getDefaultInstance();
    }
    return WriteOutcome.newBuilder().setKind(kind(window, stamp.getSequence())).build();
  }

  private static OutcomeKind kind(WriterWindow window, long sequence) {
    if (sequence < window.floor()) {
      return OutcomeKind.OUTCOME_KIND_UNSPECIFIED;
    }
    return window.isApplied(sequence)
        ? OutcomeKind.OUTCOME_APPLIED
        : OutcomeKind.OUTCOME_NOT_APPLIED;
  }
}
