package io.byssus.dispatcher;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.byssus.model.Position;
import io.byssus.proto.internal.v1.OutcomeKind;
import io.byssus.proto.internal.v1.ShardScanRequest;
import io.byssus.proto.internal.v1.WriteOutcome;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.Record;
import io.byssus.proto.kv.v1.ScanRecord;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.WriterStamp;
import io.byssus.wal.InMemoryWal;
import io.byssus.wal.LogEntry;
import io.grpc.Context;
import io.grpc.Deadline;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The state that the log in memory makes, of all shards, replayed as far as a test lets it. */
final class ReplayedLog {
  private static final Comparator<ByteString> BYTES =
      ByteString.unsignedLexicographicalComparator();

  private final InMemoryWal wal;
  private final Map<Integer, ShardState> shards = new HashMap<>();
  private long frozenAt = Long.MAX_VALUE;

  private static final class ShardState {
    long applied = -1;
    final Map<String, TreeMap<ByteString, Record>> partitions = new HashMap<>();
    final Map<String, WriteOutcome> outcomes = new HashMap<>();
  }

  ReplayedLog(InMemoryWal wal) {
    this.wal = wal;
  }

  /** Applies nothing from an offset on. */
  synchronized void freezeAt(long offset) {
    frozenAt = offset;
  }

  /** The position that a shard has applied. */
  synchronized long applied(int shard) {
    long applied = replay(shard).applied;
    return applied < 0 ? Position.NONE : Position.pack(FakeServer.INCARNATION, applied);
  }

  /** Waits until a shard has applied a position; false where the current call is nearly over. */
  boolean reaches(int shard, long position) {
    Context call = Context.current();
    while (Long.compareUnsigned(applied(shard), position) < 0) {
      Deadline deadline = call.getDeadline();
      if (call.isCancelled()
          || (deadline != null && deadline.timeRemaining(TimeUnit.MILLISECONDS) < 20)) {
        return false;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(2);
      } catch (InterruptedException e) {
        return false;
      }
    }
    return true;
  }

  /** A record, where it is there. */
  synchronized Optional<Record> find(int shard, int namespaceId, Key key) {
    return Optional.ofNullable(
            replay(shard).partitions.get(partition(namespaceId, key.getPartitionKey())))
        .map(partition -> partition.get(key.getSortKey()));
  }

  /** The records that a scan asks for, whatever its limit. */
  synchronized List<ScanRecord> matching(ShardScanRequest request) {
    List<ScanRecord> matching = new ArrayList<>();
    ShardState shard = replay(request.getView().getShard());
    TreeMap<ByteString, Record> partition =
        shard.partitions.getOrDefault(
            partition(request.getNamespaceId(), request.getPartitionKey()), sorted());
    partition
        .tailMap(request.getStart(), !request.getAfterStart())
        .forEach(
            (sortKey, record) -> {
              if (request.getEnd().isEmpty() || BYTES.compare(sortKey, request.getEnd()) < 0) {
                matching.add(
                    ScanRecord.newBuilder()
                        .setSortKey(sortKey)
                        .setValue(record.getValue())
                        .setVersion(record.getVersion())
                        .build());
              }
            });
    return matching;
  }

  private ShardState replay(int number) {
    ShardState shard = shards.computeIfAbsent(number, n -> new ShardState());
    for (LogEntry entry : wal.read(number, shard.applied + 1)) {
      if (entry.offset() >= frozenAt) {
        break;
      }
      apply(shard, entry);
      shard.applied = entry.offset();
    }
    return shard;
  }

  private static void apply(ShardState shard, LogEntry entry) {
    LogRecord record;
    try {
      record = LogRecord.parseFrom(entry.bytes());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
    String stamp = stamp(record.getStamp());
    if (shard.outcomes.containsKey(stamp)) {
      return;
    }
    TreeMap<ByteString, Record> partition =
        shard.partitions.computeIfAbsent(
            partition(record.getNamespaceId(), record.getWrite().getPartitionKey()),
            name -> sorted());
    long position = Position.pack(FakeServer.INCARNATION, entry.offset());
    shard.outcomes.put(stamp, FakeApplier.apply(partition, record.getWrite(), position));
  }

  /** What became of the write under a stamp. */
  synchronized WriteOutcome outcome(int shard, WriterStamp stamp) {
    return replay(shard)
        .outcomes
        .getOrDefault(
            stamp(stamp),
            WriteOutcome.newBuilder().setKind(OutcomeKind.OUTCOME_NOT_APPLIED).build());
  }

  private static String stamp(WriterStamp stamp) {
    return stamp.getWriterHigh() + "/" + stamp.getWriterLow() + "/" + stamp.getSequence();
  }

  private static TreeMap<ByteString, Record> sorted() {
    return new TreeMap<>(BYTES);
  }

  private static String partition(int namespaceId, ByteString partitionKey) {
    return namespaceId + "/" + partitionKey.toString(StandardCharsets.ISO_8859_1);
  }
}
