package io.byssus.systemtests.faults;

import com.google.protobuf.InvalidProtocolBufferException;
import io.byssus.model.Position;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.WriterStamp;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What one shard's log means, worked out a second time, by the words of the design and in the
 * plainest way: sets instead of windows, maps instead of a database. Holds every state that the
 * shard must hold behind the last record.
 *
 * <p>Not thread-safe.
 */
final class LogModel {
  private static final long WRITER_CLOCK_LEAD_MILLIS = 60_000;

  private final Map<StoredKey, StoredState> state = new HashMap<>();
  private final Map<Writer, Known> writers = new HashMap<>();
  private final Effects effects;
  private int incarnation;
  private long clockMillis;
  private long writes;
  private long copies;

  /** Is told of every write that takes effect, in order. */
  interface Effects {
    void put(StoredKey key, StoredState state);

    void remove(StoredKey key);
  }

  private record Writer(long high, long low) {}

  private static final class Known {
    private final Set<Long> applied = new HashSet<>();
    private long floor;
  }

  LogModel(Effects effects) {
    this.effects = effects;
  }

  /** Takes in the next record. */
  void replay(long offset, long appendTimeMillis, byte[] bytes) {
    LogRecord record;
    try {
      record = LogRecord.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      // Undecodable records are applied as nothing.
      return;
    }
    if (record.hasIncarnationStart()) {
      incarnation = Math.max(incarnation, record.getIncarnationStart().getIncarnation());
    }
    clockMillis =
        Math.max(
            clockMillis,
            Math.min(appendTimeMillis, record.getWriterTimeMs() + WRITER_CLOCK_LEAD_MILLIS));
    if (record.hasWrite() && mayTakeEffect(record.getStamp())) {
      writes++;
      takeEffect(record, Position.pack(incarnation, offset));
    }
  }

  private boolean mayTakeEffect(WriterStamp stamp) {
    if (clockMillis > stamp.getAcceptUntilMs()) {
      return false;
    }
    Known writer =
        writers.computeIfAbsent(
            new Writer(stamp.getWriterHigh(), stamp.getWriterLow()), any -> new Known());
    writer.floor = Math.max(writer.floor, stamp.getLowestOpen());
    if (stamp.getSequence() < writer.floor || !writer.applied.add(stamp.getSequence())) {
      copies++;
      return false;
    }
    return true;
  }

  private void takeEffect(LogRecord record, long version) {
    for (Operation operation : record.getWrite().getOperationsList()) {
      StoredKey key =
          new StoredKey(
              record.getNamespaceId(), record.getWrite().getPartitionKey(), operation.getSortKey());
      if (operation.hasPut()) {
        StoredState put = new StoredState(operation.getPut(), version);
        state.put(key, put);
        effects.put(key, put);
      } else {
        state.remove(key);
        effects.remove(key);
      }
    }
  }

  Map<StoredKey, StoredState> state() {
    return state;
  }

  /** How many writes took effect. */
  long writes() {
    return writes;
  }

  /** How many came again, or too late, and were to be ignored. */
  long copies() {
    return copies;
  }
}
