package io.byssus.dispatcher.writes;

import com.google.protobuf.ByteString;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Lets the writes of one stream out so that no two writes of one record are under way at once: each
 * record has a line, a write stands in the lines of all its records, and has its turn when it is at
 * the head of every one. A write joins all its lines at one moment, so the lines agree on who is
 * first, and no two writes can wait for each other.
 *
 * <p>Not thread-safe. As large as the stream's window, and the writes whose fate the log did not
 * tell.
 */
final class RecordLines<T> {
  private final Map<RecordName, Line<T>> lines = new HashMap<>();

  private record RecordName(ByteString partitionKey, ByteString sortKey) {}

  /** Most lines are one write long. */
  private static final class Line<T> {
    Turn<T> head;
    ArrayDeque<Turn<T>> rest;
  }

  /** A write's place in the lines of its records. */
  static final class Turn<T> {
    private final T owner;
    private final RecordName[] records;
    private int blockedBy;

    private Turn(T owner, RecordName[] records) {
      this.owner = owner;
      this.records = records;
    }

    /** Whether a write of one of the records stands before this one. */
    boolean waits() {
      return blockedBy > 0;
    }
  }

  /** Joins the lines of all records of a write. */
  Turn<T> join(T owner, Write write) {
    RecordName[] records = new RecordName[write.getOperationsCount()];
    Turn<T> turn = new Turn<>(owner, records);
    for (int i = 0; i < records.length; i++) {
      Operation operation = write.getOperations(i);
      records[i] = new RecordName(write.getPartitionKey(), operation.getSortKey());
      Line<T> line = lines.computeIfAbsent(records[i], record -> new Line<>());
      if (line.head == null) {
        line.head = turn;
      } else {
        turn.blockedBy++;
        line.rest = line.rest == null ? new ArrayDeque<>(2) : line.rest;
        line.rest.add(turn);
      }
    }
    return turn;
  }

  /** Leaves the lines, from whichever place; names the writes whose turn comes by that. */
  void leave(Turn<T> turn, Consumer<T> next) {
    for (RecordName record : turn.records) {
      Line<T> line = lines.get(record);
      if (line.head != turn) {
        line.rest.remove(turn);
      } else if (line.rest == null || line.rest.isEmpty()) {
        lines.remove(record);
      } else {
        line.head = line.rest.poll();
        if (--line.head.blockedBy == 0) {
          next.accept(line.head.owner);
        }
      }
    }
  }

  /** How many records have a line. */
  int records() {
    return lines.size();
  }
}
