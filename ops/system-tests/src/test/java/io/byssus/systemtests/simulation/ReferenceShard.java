package io.byssus.systemtests.simulation;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.byssus.model.Position;
import io.byssus.proto.log.v1.ConflictRule;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.NamespaceRules;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import io.byssus.proto.log.v1.WriterStamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * What a shard's log means, worked out a second time by the words of the design and in the plainest
 * way: sets instead of windows, maps instead of a database, and nothing forgotten, so that every
 * earlier state can be looked up.
 */
final class ReferenceShard {
  private static final long WRITER_CLOCK_LEAD_MILLIS = 60_000;

  private final Map<RecordName, Current> current = new HashMap<>();
  private final Map<RecordName, RecordHistory> histories = new LinkedHashMap<>();
  private final Map<Stamp, Effect> effects = new HashMap<>();
  private final Map<Writer, Long> floors = new HashMap<>();
  private final Map<Integer, NamespaceRules> rules = new HashMap<>();
  private final Set<Integer> dropped = new HashSet<>();
  private final PriorityQueue<Expiry> expiries = new PriorityQueue<>();
  private int incarnation;
  private long clockMillis;

  private record Writer(long high, long low) {}

  /** Names a write, all copies of it alike. */
  record Stamp(long high, long low, long sequence) {
    static Stamp of(WriterStamp stamp) {
      return new Stamp(stamp.getWriterHigh(), stamp.getWriterLow(), stamp.getSequence());
    }
  }

  /** A record that is there, or a version that is still held against older writes. */
  private record Current(ByteString value, long version, long expiresMillis, boolean deleted) {}

  private record Expiry(long atMillis, RecordName name, long version)
      implements Comparable<Expiry> {
    @Override
    public int compareTo(Expiry other) {
      return Long.compare(atMillis, other.atMillis);
    }
  }

  /**
   * What became of the first copy of a write that was not too late.
   *
   * @param offset where that copy stands
   * @param failed the operation that could not be done; −1 where the write took effect
   * @param version what it gave its records under LOG_ORDER; 0 under VERSION
   * @param sums what its increments came to
   * @param superseded how many operations lost against a version that wins
   */
  record Effect(long offset, int failed, long version, List<Long> sums, int superseded) {
    boolean tookEffect() {
      return failed < 0;
    }
  }

  /** The next record of the log. */
  void append(long offset, long appendTimeMillis, byte[] bytes) {
    LogRecord record;
    try {
      record = LogRecord.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
    if (record.hasIncarnationStart()) {
      incarnation = record.getIncarnationStart().getIncarnation();
    }
    clockMillis =
        Math.max(
            clockMillis,
            Math.min(appendTimeMillis, record.getWriterTimeMs() + WRITER_CLOCK_LEAD_MILLIS));
    expire(offset);
    if (record.hasNamespaceRules()
        && !dropped.contains(record.getNamespaceRules().getNamespaceId())) {
      rules.merge(
          record.getNamespaceRules().getNamespaceId(),
          record.getNamespaceRules(),
          (held, brought) -> brought.getVersion() > held.getVersion() ? brought : held);
    }
    if (record.hasNamespaceDrop()) {
      drop(record.getNamespaceId(), offset);
    }
    if (record.hasWrite()
        && !dropped.contains(record.getNamespaceId())
        && isFirstInTime(record.getStamp())) {
      apply(record, offset);
    }
  }

  private void expire(long offset) {
    while (!expiries.isEmpty() && expiries.peek().atMillis() <= clockMillis) {
      Expiry due = expiries.poll();
      if (holds(due)) {
        Current held = current.get(due.name());
        if (isVersioned(due.name().namespaceId())) {
          current.put(due.name(), new Current(ByteString.EMPTY, held.version(), 0, true));
        } else {
          current.remove(due.name());
        }
        histories.get(due.name()).remove(offset, RecordHistory.End.EXPIRED);
      }
    }
  }

  /** Whether an expiry still is its record's. */
  private boolean holds(Expiry expiry) {
    Current held = current.get(expiry.name());
    return held != null && !held.deleted() && held.expiresMillis() == expiry.atMillis();
  }

  private void drop(int namespaceId, long offset) {
    dropped.add(namespaceId);
    rules.remove(namespaceId);
    current.keySet().removeIf(name -> name.namespaceId() == namespaceId);
    histories.forEach(
        (name, history) -> {
          if (name.namespaceId() == namespaceId) {
            history.remove(offset, RecordHistory.End.DROPPED);
          }
        });
  }

  private boolean isVersioned(int namespaceId) {
    return rules.get(namespaceId).getConflictRule() == ConflictRule.VERSION;
  }

  private boolean isFirstInTime(WriterStamp stamp) {
    if (clockMillis > stamp.getAcceptUntilMs()) {
      return false;
    }
    long floor =
        floors.merge(
            new Writer(stamp.getWriterHigh(), stamp.getWriterLow()),
            stamp.getLowestOpen(),
            Math::max);
    return stamp.getSequence() >= floor && !effects.containsKey(Stamp.of(stamp));
  }

  private void apply(LogRecord record, long offset) {
    Write write = record.getWrite();
    NamespaceRules held = rules.get(record.getNamespaceId());
    List<Change> changes = new ArrayList<>();
    int failed = -1;
    for (Operation operation : write.getOperationsList()) {
      RecordName name =
          new RecordName(record.getNamespaceId(), write.getPartitionKey(), operation.getSortKey());
      Optional<Change> change = decide(name, operation, held, offset);
      if (change.isEmpty()) {
        failed = changes.size();
        break;
      }
      changes.add(change.get());
    }
    Effect effect = new Effect(offset, failed, 0, List.of(), 0);
    if (failed < 0) {
      changes.forEach(change -> take(change, offset));
      boolean versioned = held.getConflictRule() == ConflictRule.VERSION;
      effect =
          new Effect(
              offset,
              failed,
              versioned ? 0 : Position.pack(incarnation, offset),
              changes.stream().flatMap(change -> change.sum().stream()).toList(),
              (int) changes.stream().filter(change -> !change.wins()).count());
    }
    effects.put(Stamp.of(record.getStamp()), effect);
  }

  /** What an operation would do; {@code wins} is false where it would do nothing. */
  private record Change(RecordName name, Current next, boolean wins, Optional<Long> sum) {}

  /** Empty where the operation fails, and its write with it. */
  private Optional<Change> decide(
      RecordName name, Operation operation, NamespaceRules held, long offset) {
    boolean versioned = held.getConflictRule() == ConflictRule.VERSION;
    Current before = current.get(name);
    boolean there = before != null && !before.deleted();
    boolean conditionHolds =
        switch (operation.getCondition().getTestCase()) {
          case TEST_NOT_SET -> true;
          case ABSENT -> !there;
          case PRESENT -> there;
          case VERSION_EQUALS ->
              there && before.version() == operation.getCondition().getVersionEquals();
          case VALUE_EQUALS ->
              there && before.value().equals(operation.getCondition().getValueEquals());
        };
    long version = versioned ? operation.getVersion() : Position.pack(incarnation, offset);
    boolean behind = versioned && before != null && version <= before.version();
    if (!conditionHolds || (behind && operation.hasCondition())) {
      return Optional.empty();
    }
    Optional<Long> sum = Optional.empty();
    ByteString value = operation.getPut();
    long expires = expiry(operation, held);
    if (operation.hasIncrement()) {
      sum = sum(there ? before.value() : ByteString.copyFromUtf8("0"), operation);
      if (sum.isEmpty()) {
        return Optional.empty();
      }
      value = ByteString.copyFromUtf8(Long.toString(sum.get()));
      expires = operation.hasLifetime() || !there ? expires : before.expiresMillis();
    }
    Current next = new Current(value, version, expires, operation.hasDelete());
    if (!versioned || before == null) {
      return Optional.of(new Change(name, next, true, sum));
    }
    Current joined = joined(before, next);
    return Optional.of(new Change(name, joined, !joined.equals(before), sum));
  }

  private static Optional<Long> sum(ByteString value, Operation operation) {
    try {
      return Optional.of(
          Math.addExact(Long.parseLong(value.toStringUtf8()), operation.getIncrement().getDelta()));
    } catch (ArithmeticException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private long expiry(Operation operation, NamespaceRules held) {
    return switch (operation.getLifetime().getUntilCase()) {
      case TTL_MS -> clockMillis + operation.getLifetime().getTtlMs();
      case EXPIRES_MS -> operation.getLifetime().getExpiresMs();
      case UNENDING -> 0;
      case UNTIL_NOT_SET -> held.getDefaultTtlMs() == 0 ? 0 : clockMillis + held.getDefaultTtlMs();
    };
  }

  /** What two writes of a record make under VERSION; the first where the second adds nothing. */
  private Current joined(Current before, Current next) {
    if (next.version() != before.version()) {
      return next.version() > before.version() ? next : before;
    }
    if (before.deleted() || next.deleted() || isOver(next)) {
      return before.deleted() ? before : next;
    }
    boolean greater =
        ByteString.unsignedLexicographicalComparator().compare(next.value(), before.value()) > 0;
    boolean earlier =
        next.expiresMillis() != 0
            && (before.expiresMillis() == 0 || next.expiresMillis() < before.expiresMillis());
    return new Current(
        greater ? next.value() : before.value(),
        before.version(),
        earlier ? next.expiresMillis() : before.expiresMillis(),
        false);
  }

  private boolean isOver(Current record) {
    return record.expiresMillis() != 0 && record.expiresMillis() <= clockMillis;
  }

  private void take(Change change, long offset) {
    if (!change.wins()) {
      return;
    }
    RecordName name = change.name();
    Current next = change.next();
    boolean expired = isOver(next);
    RecordHistory history = histories.computeIfAbsent(name, any -> new RecordHistory());
    if (next.deleted() || expired) {
      history.remove(offset, expired ? RecordHistory.End.EXPIRED : RecordHistory.End.DELETED);
      if (isVersioned(name.namespaceId())) {
        current.put(name, new Current(ByteString.EMPTY, next.version(), 0, true));
      } else {
        current.remove(name);
      }
      return;
    }
    history.put(offset, next.value());
    current.put(name, next);
    if (next.expiresMillis() != 0) {
      expiries.add(new Expiry(next.expiresMillis(), name, next.version()));
    }
  }

  /** What became of a write; empty where no copy of it came in time. */
  Optional<Effect> effect(WriterStamp stamp) {
    return Optional.ofNullable(effects.get(Stamp.of(stamp)));
  }

  /** All states of a record. */
  RecordHistory history(RecordName name) {
    return histories.computeIfAbsent(name, any -> new RecordHistory());
  }

  /** All records that ever were. */
  Map<RecordName, RecordHistory> histories() {
    return histories;
  }

  boolean isDropped(int namespaceId) {
    return dropped.contains(namespaceId);
  }

  /** Whether a record is there that ends before a time, by its own word. */
  boolean isDueBefore(long millis) {
    while (!expiries.isEmpty() && !holds(expiries.peek())) {
      expiries.poll();
    }
    return !expiries.isEmpty() && expiries.peek().atMillis() < millis;
  }
}
