package io.byssus.dispatcher;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Position;
import io.byssus.proto.internal.v1.OutcomeKind;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.ShardKeyResults;
import io.byssus.proto.internal.v1.ShardKeys;
import io.byssus.proto.internal.v1.ShardListVersionsRequest;
import io.byssus.proto.internal.v1.ShardScanNamespaceRequest;
import io.byssus.proto.internal.v1.ShardScanRequest;
import io.byssus.proto.internal.v1.WriteOutcome;
import io.byssus.proto.kv.v1.Absent;
import io.byssus.proto.kv.v1.Deleted;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.KeyError;
import io.byssus.proto.kv.v1.KeyResult;
import io.byssus.proto.kv.v1.NamespaceRecord;
import io.byssus.proto.kv.v1.Record;
import io.byssus.proto.kv.v1.RecordVersion;
import io.byssus.proto.kv.v1.ScanRecord;
import io.byssus.proto.log.v1.LogRecord;
import io.byssus.proto.log.v1.Operation;
import io.byssus.proto.log.v1.WriterStamp;
import io.byssus.wal.InMemoryWal;
import io.byssus.wal.LogEntry;
import io.grpc.Context;
import io.grpc.Deadline;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
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
  private static final Comparator<Key> KEYS =
      Comparator.comparing(Key::getPartitionKey, BYTES).thenComparing(Key::getSortKey, BYTES);

  private final InMemoryWal wal;
  private final Map<Integer, ShardState> shards = new HashMap<>();
  private long frozenAt = Long.MAX_VALUE;

  private static final class ShardState {
    long applied = -1;
    final Map<String, TreeMap<ByteString, Record>> partitions = new HashMap<>();
    final Map<String, WriteOutcome> outcomes = new HashMap<>();
    // Oldest first.
    final Map<String, List<RecordVersion>> versions = new HashMap<>();
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
  synchronized Optional<Record> find(int namespaceId, int shard, Key key) {
    return Optional.ofNullable(
            replay(shard).partitions.get(partition(namespaceId, key.getPartitionKey())))
        .map(partition -> partition.get(key.getSortKey()));
  }

  /** What a get asks for, where it is there. */
  synchronized Optional<Record> find(ShardGetRequest request) {
    int shard = request.getView().getShard();
    if (request.getAtVersion() == 0) {
      return find(request.getNamespaceId(), shard, request.getKey());
    }
    return history(shard, request.getNamespaceId(), request.getKey()).stream()
        .filter(v -> Long.compareUnsigned(v.getVersion(), request.getAtVersion()) <= 0)
        .reduce((older, newer) -> newer)
        .filter(RecordVersion::hasValue)
        .map(v -> Record.newBuilder().setValue(v.getValue()).setVersion(v.getVersion()).build());
  }

  /** The versions that a request asks for, whatever its limit. */
  synchronized List<RecordVersion> versions(ShardListVersionsRequest request) {
    List<RecordVersion> found = new ArrayList<>();
    for (RecordVersion each :
        history(request.getView().getShard(), request.getNamespaceId(), request.getKey())) {
      boolean above = Long.compareUnsigned(each.getVersion(), request.getFromVersion()) >= 0;
      boolean below =
          request.getToVersion() == 0
              || Long.compareUnsigned(each.getVersion(), request.getToVersion()) <= 0;
      if (above && below) {
        found.add(each);
      }
    }
    if (!request.getOldestFirst()) {
      Collections.reverse(found);
    }
    return found;
  }

  private List<RecordVersion> history(int shard, int namespaceId, Key key) {
    return replay(shard).versions.getOrDefault(record(namespaceId, key), List.of());
  }

  /** The records of a namespace that a scan asks for, whatever its limit. */
  synchronized List<NamespaceRecord> records(ShardScanNamespaceRequest request) {
    String prefix = request.getNamespaceId() + "/";
    List<NamespaceRecord> found = new ArrayList<>();
    replay(request.getView().getShard())
        .partitions
        .forEach(
            (name, records) -> {
              if (name.startsWith(prefix)) {
                ByteString partitionKey =
                    ByteString.copyFrom(
                        name.substring(prefix.length()), StandardCharsets.ISO_8859_1);
                records.forEach(
                    (sortKey, record) ->
                        found.add(
                            NamespaceRecord.newBuilder()
                                .setKey(
                                    Key.newBuilder()
                                        .setPartitionKey(partitionKey)
                                        .setSortKey(sortKey))
                                .setRecord(record)
                                .build()));
              }
            });
    found.removeIf(
        each -> request.hasAfter() && KEYS.compare(each.getKey(), request.getAfter()) <= 0);
    found.sort(Comparator.comparing(NamespaceRecord::getKey, KEYS));
    return found;
  }

  /** What a multi-get is answered for one shard. */
  ShardKeyResults.Builder results(int namespaceId, ShardKeys shard, Optional<ErrorCode> error) {
    ShardKeyResults.Builder results = ShardKeyResults.newBuilder();
    for (Key key : shard.getKeysList()) {
      if (error.isPresent()) {
        results.addResults(
            KeyResult.newBuilder().setError(KeyError.newBuilder().setReason(error.get().name())));
      } else {
        results.addResults(
            find(namespaceId, shard.getView().getShard(), key)
                .map(record -> KeyResult.newBuilder().setRecord(record))
                .orElse(KeyResult.newBuilder().setAbsent(Absent.getDefaultInstance())));
      }
    }
    return results;
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
              boolean inRange =
                  request.getEnd().isEmpty() || BYTES.compare(sortKey, request.getEnd()) < 0;
              if (inRange
                  && (!request.hasBefore() || BYTES.compare(sortKey, request.getBefore()) < 0)) {
                matching.add(
                    ScanRecord.newBuilder()
                        .setSortKey(sortKey)
                        .setValue(record.getValue())
                        .setVersion(record.getVersion())
                        .build());
              }
            });
    if (request.getReverse()) {
      Collections.reverse(matching);
    }
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
    WriteOutcome outcome = FakeApplier.apply(partition, record.getWrite(), position);
    shard.outcomes.put(stamp, outcome);
    if (outcome.getKind() == OutcomeKind.OUTCOME_APPLIED) {
      remember(shard, record, partition, position);
    }
  }

  private static void remember(
      ShardState shard, LogRecord record, Map<ByteString, Record> partition, long position) {
    for (Operation operation : record.getWrite().getOperationsList()) {
      ByteString sortKey = operation.getSortKey();
      Key key =
          Key.newBuilder()
              .setPartitionKey(record.getWrite().getPartitionKey())
              .setSortKey(sortKey)
              .build();
      RecordVersion.Builder version = RecordVersion.newBuilder().setVersion(position);
      if (partition.containsKey(sortKey)) {
        version.setValue(partition.get(sortKey).getValue());
      } else {
        version.setDeleted(Deleted.getDefaultInstance());
      }
      shard
          .versions
          .computeIfAbsent(record(record.getNamespaceId(), key), k -> new ArrayList<>())
          .add(version.build());
    }
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

  private static String record(int namespaceId, Key key) {
    return namespaceId + "/" + key.toByteString().toString(StandardCharsets.ISO_8859_1);
  }
}
