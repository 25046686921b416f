package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.model.Limits;
import io.byssus.model.Position;
import io.byssus.proto.kv.v1.WriteOperation;
import io.byssus.proto.kv.v1.WriterStamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  private static final class Writer {
    long highest;
    long floor;
    final Set<Long> applied = new HashSet<>();
  }

  /** A record's content. */
  record StoredValue(ByteString value, long version) {}

  /** A change to a record that took effect: which call made it. */
  record Applied(Key key, String requestId, long position) {}

  /** What became of a copy: where the log holds it, and what the write's first copy did. */
  record Outcome(long position, boolean tookEffect, boolean writeTookEffect, long version) {}

  FakeShard(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  synchronized void ignoreFloors() {
    ignoresFloors = true;
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
        writer.applied.contains(sequence) || sequence <= writer.highest - Limits.WRITER_WINDOW;
    boolean below = sequence < writer.floor && !ignoresFloors;
    boolean late = clockMillis > stamp.getAcceptUntilMs();
    if (duplicate || below || late) {
      return new Outcome(position, false, writer.applied.contains(sequence), position);
    }
    writer.highest = Math.max(writer.highest, sequence);
    writer.applied.add(sequence);
    for (WriteOperation operation : operations) {
      Key key = Key.of(partitionKey, operation.getSortKey());
      if (operation.hasPut()) {
        records.put(key, new StoredValue(operation.getPut(), position));
      } else {
        records.remove(key);
      }
      history.add(new Applied(key, requestId, position));
    }
    return new Outcome(position, true, true, position);
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
