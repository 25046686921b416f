package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.model.Limits;
import io.byssus.model.Position;
import io.byssus.proto.kv.v1.WriteFailure;
import io.byssus.proto.kv.v1.WriteFailureReason;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.kv.v1.WriterStamp;
import io.byssus.proto.log.v1.Condition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One shard: a log and what it was replayed into, in memory, with the rules by which a real shard
 * applies each write at most once. Written from the protocol's documentation, not from the SDK.
 */
final class FakeShard {
  private final Map<ByteString, Writer> writers = new HashMap<>();
  private final TreeMap<Key, StoredValue> records = new TreeMap<>();
  private final List<Applied> history = new ArrayList<>();
  private final int number;
  private int incarnation = 1;
  private long nextOffset = 1;
  private long clockMillis;

  /** Set only to show that the tests notice a shard without the rule. */
  private boolean ignoresFloors;

  /** Set only to show that the tests notice a shard that keeps no outcomes. */
  private boolean forgetsOutcomes;

  private static final class Writer {
    long highest;
    long floor;
    final Map<Long, Outcome> applied = new HashMap<>();
  }

  /** A record's content. */
  record StoredValue(ByteString value, long version) {}

  /** A change to a record that took effect: which call made it. */
  record Applied(Key key, String requestId, long position) {}

  /**
   * What became of a copy.
   *
   * @param position where the log holds it
   * @param decided whether it, or a copy before it, was decided
   * @param version what the write gave its records
   * @param failure why the first copy took no effect; null where it did
   * @param sums of the first copy
   */
  record Outcome(
      long position, boolean decided, long version, WriteFailure failure, List<Long> sums) {
    Outcome at(long copy) {
      return new Outcome(copy, decided, version, failure, sums);
    }
  }

  FakeShard(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  synchronized void ignoreFloors() {
    ignoresFloors = true;
  }

  synchronized void forgetOutcomes() {
    forgetsOutcomes = true;
  }

  /** Puts a copy of a write at the end of the log, and applies it. */
  synchronized Outcome append(
      String requestId,
      ByteString partitionKey,
      List<WriteOperation> operations,
      WriterStamp stamp,
      long nowMillis) {
    long position = Position.pack(incarnation, nextOffset++);
    clockMillis = Math.max(clockMillis, nowMillis);
    Writer writer = writers.computeIfAbsent(stamp.getWriterId(), id -> new Writer());
    writer.floor = Math.max(writer.floor, stamp.getLowestOpen());
    long sequence = stamp.getSequence();
    boolean duplicate =
        writer.applied.containsKey(sequence) || sequence <= writer.highest - Limits.WRITER_WINDOW;
    boolean below = sequence < writer.floor && !ignoresFloors;
    boolean late = clockMillis > stamp.getAcceptUntilMs();
    if (duplicate || below || late) {
      Outcome first = writer.applied.get(sequence);
      return first == null || forgetsOutcomes
          ? new Outcome(position, false, 0, null, List.of())
          : first.at(position);
    }
    writer.highest = Math.max(writer.highest, sequence);
    Outcome outcome = decide(requestId, partitionKey, operations, position);
    writer.applied.put(sequence, outcome);
    return outcome;
  }

  private Outcome decide(
      String requestId, ByteString partitionKey, List<WriteOperation> operations, long position) {
    for (int i = 0; i < operations.size(); i++) {
      StoredValue current = records.get(Key.of(partitionKey, operations.get(i).getSortKey()));
      if (!holds(operations.get(i).getCondition(), current)) {
        WriteFailure failure =
            WriteFailure.newBuilder()
                .setOperation(i)
                .setReason(WriteFailureReason.CONDITION_NOT_MET)
                .setPresent(current != null)
                .setVersion(current == null ? 0 : current.version())
                .build();
        return new Outcome(position, true, 0, failure, List.of());
      }
    }
    List<Long> sums = new ArrayList<>();
    for (WriteOperation operation : operations) {
      Key key = Key.of(partitionKey, operation.getSortKey());
      if (operation.hasPut()) {
        records.put(key, new StoredValue(operation.getPut(), position));
      } else if (operation.hasIncrement()) {
        StoredValue current = records.get(key);
        long before = current == null ? 0 : Long.parseLong(current.value().toStringUtf8());
        long sum = before + operation.getIncrement().getDelta();
        sums.add(sum);
        records.put(key, new StoredValue(ByteString.copyFromUtf8("" + sum), position));
      } else {
        records.remove(key);
      }
      history.add(new Applied(key, requestId, position));
    }
    return new Outcome(position, true, position, null, sums);
  }

  private static boolean holds(Condition condition, StoredValue current) {
    return switch (condition.getTestCase()) {
      case ABSENT -> current == null;
      case PRESENT -> current != null;
      case VERSION_EQUALS -> current != null && current.version() == condition.getVersionEquals();
      case VALUE_EQUALS -> current != null && current.value().equals(condition.getValueEquals());
      case TEST_NOT_SET -> true;
    };
  }

  /** The log starts anew: what it held stays, but positions in it mean nothing any more. */
  synchronized void startIncarnation() {
    incarnation++;
    nextOffset = 1;
  }

  synchronized int incarnation() {
    return incarnation;
  }

  /** The position of the last record. */
  synchronized long applied() {
    return Position.pack(incarnation, nextOffset - 1);
  }

  synchronized StoredValue get(Key key) {
    return records.get(key);
  }

  synchronized TreeMap<Key, StoredValue> records() {
    return new TreeMap<>(records);
  }

  /** Every change that took effect, in the order of the log. */
  synchronized List<Applied> history() {
    return List.copyOf(history);
  }
}
