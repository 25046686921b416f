package io.byssus.systemtests.simulation;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.byssus.model.Position;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.WriteResponse;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.Write;
import io.byssus.proto.log.v1.WriterStamp;
import io.byssus.storage.Shard;
import io.byssus.storage.StorageSeat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Holds what happens against what the log says: the {@link ReferenceShard}s know every state that a
 * record ever had, and behind which offset.
 */
final class Checks {
  private final List<LogPartition> partitions;
  private final Schedule schedule;
  private final Trace trace;
  private final Tally tally;
  private final List<List<Acknowledged>> acknowledged = new ArrayList<>();
  private final Map<RecordName, Long> seenLinearizably = new HashMap<>();
  private final List<Map<ReferenceShard.Stamp, ClientWrite>> issued = new ArrayList<>();
  private final Map<String, Integer> lastIssuedInEffect = new HashMap<>();
  private final List<Map<Long, Digest>> digests = new ArrayList<>();

  /** The log's end for all that is acknowledged up to a time. */
  private record Acknowledged(long atNanos, long offset) {}

  private record Digest(long value, String server) {}

  Checks(List<LogPartition> partitions, Schedule schedule, Trace trace, Tally tally) {
    this.tally = tally;
    this.partitions = partitions;
    this.schedule = schedule;
    this.trace = trace;
    partitions.forEach(
        partition -> {
          acknowledged.add(new ArrayList<>());
          digests.add(new HashMap<>());
          issued.add(new HashMap<>());
          partition.onAppend(() -> appended(partition));
        });
  }

  /** A client sends a write under a stamp. */
  void issued(int shard, WriterStamp stamp, ClientWrite write) {
    issued.get(shard).put(ReferenceShard.Stamp.of(stamp), write);
  }

  /** A record has come into the log: has it taken effect where it must not? */
  private void appended(LogPartition partition) {
    long offset = partition.end() - 1;
    LogRecord record = record(partition, offset);
    if (!record.hasWrite()) {
      return;
    }
    ClientWrite write =
        issued.get(partition.shard()).get(ReferenceShard.Stamp.of(record.getStamp()));
    Optional<ReferenceShard.Effect> effect = partition.reference().effect(record.getStamp());
    if (effect.isPresent() && effect.get().offset() != offset) {
      tally.count(Tally.Sight.COPY_IGNORED);
    }
    if (write == null
        || effect.isEmpty()
        || effect.get().offset() != offset
        || !effect.get().tookEffect()) {
      return;
    }
    trace.note("log %d/%d: %s takes effect", partition.shard(), offset, write.toString());
    Invariant.WRITES_HAPPEN_AT_MOST_ONCE.hold(
        write.tookEffect(), "%s takes effect again at %d", write, offset);
    for (Operation operation : record.getWrite().getOperationsList()) {
      String place =
          write.client() + " " + record.getNamespaceId() + " " + key(record.getWrite(), operation);
      Integer before = lastIssuedInEffect.put(place, write.number());
      Invariant.WRITER_ORDER_HOLDS_PER_RECORD.hold(
          before == null || before < write.number(),
          "%s takes effect at %d/%d after write %d of the same client",
          write,
          partition.shard(),
          offset,
          before);
    }
  }

  private static String key(Write write, Operation operation) {
    return write.getPartitionKey().toStringUtf8() + '/' + operation.getSortKey().toStringUtf8();
  }

  private static LogRecord record(LogPartition partition, long offset) {
    try {
      return LogRecord.parseFrom(partition.entry(offset).bytes());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A client was told that its write is logged at a position. */
  void acknowledged(int shard, long position, Write write, String who) {
    LogPartition partition = partitions.get(shard);
    long offset = position & Position.MAX_OFFSET;
    Invariant.ACKNOWLEDGED_WRITES_SURVIVE.hold(
        offset < partition.end(),
        "%s was acknowledged at %d/%d, where the log has nothing",
        who,
        shard,
        offset);
    LogRecord record = record(partition, offset);
    Invariant.ACKNOWLEDGED_WRITES_SURVIVE.hold(
        record.getWrite().getPartitionKey().equals(write.getPartitionKey())
            && record.getWrite().getOperationsList().equals(write.getOperationsList()),
        "%s was acknowledged at %d/%d, where another record stands",
        who,
        shard,
        offset);
    Optional<ReferenceShard.Effect> effect = partition.reference().effect(record.getStamp());
    Invariant.ACKNOWLEDGED_WRITES_SURVIVE.hold(
        effect.map(first -> first.offset() <= offset).orElse(false)
            || partition.reference().isDropped(record.getNamespaceId()),
        "%s was acknowledged at %d/%d and has no effect",
        who,
        shard,
        offset);
    tally.count(Tally.Sight.WRITE_ACKNOWLEDGED);
    List<Acknowledged> all = acknowledged.get(shard);
    if (all.isEmpty() || all.get(all.size() - 1).offset() < offset) {
      all.add(new Acknowledged(schedule.nowNanos(), offset));
    }
  }

  /** A client was told what became of its write. */
  void outcome(int shard, WriterStamp stamp, WriteResponse answer, String who) {
    ReferenceShard.Effect effect = partitions.get(shard).reference().effect(stamp).orElseThrow();
    if (answer.hasFailure()) {
      tally.count(Tally.Sight.CONDITION_FAILED);
    }
    boolean right =
        answer.hasFailure()
            ? effect.failed() == answer.getFailure().getOperation()
            : effect.tookEffect()
                && effect.version() == answer.getVersion()
                && effect.sums().equals(answer.getSumsList())
                && effect.superseded() == answer.getSuperseded();
    Invariant.OUTCOMES_ARE_TRUE.hold(right, "%s was told %s; the log says %s", who, answer, effect);
  }

  /** The highest offset of a shard that was acknowledged up to a time; −1 for none. */
  long acknowledgedBefore(int shard, long nanos) {
    List<Acknowledged> all = acknowledged.get(shard);
    for (int at = all.size() - 1; at >= 0; at--) {
      if (all.get(at).atNanos() <= nanos) {
        return all.get(at).offset();
      }
    }
    return -1;
  }

  /** The least offset that a read at LINEARIZABLE that begins now must see. */
  long linearizableFloor(int shard, RecordName name) {
    return Math.max(
        acknowledgedBefore(shard, schedule.nowNanos()), seenLinearizably.getOrDefault(name, -1L));
  }

  void sawLinearizably(RecordName name, long offset) {
    seenLinearizably.merge(name, offset, Math::max);
  }

  /** The value that a read found. */
  static Optional<ByteString> value(GetResponse answer) {
    return answer.hasRecord() ? Optional.of(answer.getRecord().getValue()) : Optional.empty();
  }

  /** A replica shows a record, at a position. */
  void shown(String server, int shard, RecordName name, GetResponse answer) {
    ReferenceShard reference = partitions.get(shard).reference();
    long position = answer.getContext().getPosition();
    Optional<ByteString> value = value(answer);
    long offset = position == Position.NONE ? -1 : position & Position.MAX_OFFSET;
    RecordHistory.State wanted = reference.history(name).behind(offset);
    if (!wanted.shows(value)) {
      Invariant promise =
          switch (wanted.end()) {
            case EXPIRED -> Invariant.EXPIRED_RECORDS_ARE_NOT_SEEN;
            case DROPPED -> Invariant.DROPPED_NAMESPACES_SHOW_NOTHING;
            case NONE, DELETED -> Invariant.READS_SHOW_THE_LOG;
          };
      throw promise.broken(
          "%s shows %s of %s at %d/%d, and the log says %s: %s",
          server,
          value.map(ByteString::toStringUtf8),
          name,
          shard,
          offset,
          wanted.value().map(ByteString::toStringUtf8),
          reference.history(name));
    }
  }

  /**
   * The offset from which a read's value was shown, if it was behind one or later.
   *
   * @param least the offset that the read must have seen
   */
  long seen(
      Invariant invariant,
      String who,
      int shard,
      RecordName name,
      long least,
      Optional<ByteString> value) {
    RecordHistory history = partitions.get(shard).reference().history(name);
    long from = history.shownAtOrAfter(least, value);
    if (from == -2) {
      throw invariant.broken(
          "%s reads %s of %s, which was over before offset %d of shard %d: %s",
          who, value.map(ByteString::toStringUtf8), name, least, shard, history);
    }
    return from;
  }

  /** A replica has applied some of the log. */
  void applied(String server, int shard, Shard holder, boolean closely) {
    if (!closely) {
      return;
    }
    tally.count(Tally.Sight.STATE_COMPARED);
    long next = holder.nextOffset();
    Digest digest = new Digest(StorageSeat.digest(holder), server);
    Digest other = digests.get(shard).putIfAbsent(next, digest);
    Invariant.REPLICAS_ARE_EQUAL.hold(
        other == null || other.value() == digest.value(),
        "%s and %s differ in shard %d before offset %d",
        server,
        other == null ? "" : other.server(),
        shard,
        next);
    ReferenceShard reference = partitions.get(shard).reference();
    for (Map.Entry<RecordName, RecordHistory> record : reference.histories().entrySet()) {
      RecordName name = record.getKey();
      Optional<ByteString> value =
          StorageSeat.value(holder, name.namespaceId(), name.partitionKey(), name.sortKey());
      RecordHistory.State wanted = record.getValue().behind(next - 1);
      Invariant.REPLICAS_ARE_EQUAL.hold(
          wanted.shows(value),
          "%s holds %s of %s in shard %d before offset %d: %s",
          server,
          value.map(ByteString::toStringUtf8),
          name,
          shard,
          next,
          record.getValue());
    }
  }
}
