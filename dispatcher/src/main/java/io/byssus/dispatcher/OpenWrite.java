package io.byssus.dispatcher;

import io.byssus.proto.log.v1.Write;
import io.byssus.proto.log.v1.WriterStamp;
import java.util.concurrent.CompletableFuture;

/**
 * One write of a stream that has no result yet. Stands in a list of all of them by age. Guarded by
 * the lock of its {@link StreamWrites}, but for what is fixed.
 */
final class OpenWrite {
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

  OpenWrite(long number, int bytes, long arrivedNanos) {
    this.number = number;
    this.bytes = bytes;
    this.arrivedNanos = arrivedNanos;
  }

  /** All open writes of a stream, oldest first. */
  static final class ByAge {
    private OpenWrite oldest;
    private OpenWrite youngest;

    OpenWrite oldest() {
      return oldest;
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
