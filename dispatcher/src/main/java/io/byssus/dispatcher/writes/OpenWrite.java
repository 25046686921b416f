package io.byssus.dispatcher.writes;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.proto.kv.v1.StreamedWrite;
import io.byssus.proto.log.v1.Write;
import io.byssus.proto.log.v1.WriterStamp;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * One write of a stream that has no result yet. Stands in a list of all of them by age. Guarded by
 * the lock of its {@link StreamWrites}, but for what is fixed.
 */
final class OpenWrite {
  /** What a write costs beside its own bytes, about: many small ones are not free. */
  private static final int OVERHEAD_BYTES = 256;

  final long number;
  final int bytes;
  final long arrivedNanos;

  /** From here on only the log knows what becomes of it; before it can be given up. */
  boolean handedOver;

  /** It has its result. */
  boolean ended;

  /** What is written; let go at the hand-over. */
  Write write;

  /** Whether a replica is asked what became of it. */
  boolean applied;

  /** The caller's stamp, or that of the slot. */
  WriterStamp stamp;

  /** Its place among the dispatcher's own writes; null where the caller stamps, or not yet. */
  DispatcherWriter.Slot slot;

  /** Its wait for a slot; null where it does not wait. */
  CompletableFuture<DispatcherWriter.Slot> opening;

  /** Its place among the writes of its records; null where the caller stamps. */
  RecordLines.Turn<OpenWrite> turn;

  private OpenWrite older;
  private OpenWrite younger;

  OpenWrite(StreamedWrite write, long arrivedNanos) {
    this.number = write.getNumber();
    this.bytes = bytes(write);
    this.arrivedNanos = arrivedNanos;
  }

  /** What a write holds of its stream's window and of this process's memory. */
  static int bytes(StreamedWrite write) {
    return write.getSerializedSize() + OVERHEAD_BYTES;
  }

  void closeSlot() {
    if (slot != null) {
      slot.close();
    }
  }

  /** Why it has no better result when its time is over. */
  ByssusException tooLate() {
    return handedOver
        ? new ByssusException(
            ErrorCode.INDETERMINATE,
            "the write was handed to the log, and what became of it was not told in time")
        : new ByssusException(
            ErrorCode.LOG_UNAVAILABLE, "the write could not be handed to the log in time");
  }

  /** All open writes of a stream, oldest first. */
  static final class ByAge {
    private OpenWrite oldest;
    private OpenWrite youngest;

    /** Ends writes, the oldest first, for as long as a condition holds; returns them. */
    List<OpenWrite> endWhile(Predicate<OpenWrite> condition) {
      List<OpenWrite> ended = new ArrayList<>();
      while (oldest != null && condition.test(oldest)) {
        ended.add(oldest);
        oldest.ended = true;
        remove(oldest);
      }
      return ended;
    }

    void add(OpenWrite write) {
      write.older = youngest;
      if (youngest == null) {
        oldest = write;
      } else {
        youngest.younger = write;
      }
      youngest = write;
    }

    void remove(OpenWrite write) {
      if (write.older == null) {
        oldest = write.younger;
      } else {
        write.older.younger = write.younger;
      }
      if (write.younger == null) {
        youngest = write.older;
      } else {
        write.younger.older = write.older;
      }
      write.older = null;
      write.younger = null;
    }
  }
}
