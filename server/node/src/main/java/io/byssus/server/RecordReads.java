package io.byssus.server;

import com.google.protobuf.ByteString;
import io.byssus.model.ByssusException;
import io.byssus.model.Limits;
import io.byssus.proto.internal.v1.AwaitAppliedRequest;
import io.byssus.proto.internal.v1.AwaitAppliedResponse;
import io.byssus.proto.internal.v1.NamespaceSize;
import io.byssus.proto.internal.v1.NamespaceSizesRequest;
import io.byssus.proto.internal.v1.NamespaceSizesResponse;
import io.byssus.proto.internal.v1.ShardGetRequest;
import io.byssus.proto.internal.v1.ShardListVersionsRequest;
import io.byssus.proto.internal.v1.ShardListVersionsResponse;
import io.byssus.proto.kv.v1.Deleted;
import io.byssus.proto.kv.v1.GetResponse;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.Record;
import io.byssus.proto.kv.v1.RecordVersion;
import io.byssus.proto.kv.v1.WriterStamp;
import io.byssus.storage.MemoryRead;
import io.byssus.storage.Shard;
import io.byssus.storage.SizeEstimate;
import io.byssus.storage.StoredRecord;
import io.byssus.storage.StoredVersion;
import io.byssus.storage.VersionList;
import io.byssus.storage.VersionRange;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Reads from shards what calls ask for, and puts it into answers. */
final class RecordReads {
  private RecordReads() {}

  static GetResponse get(Sight sight, ShardGetRequest request) {
    Key key = request.getKey();
    Shard shard = sight.shard();
    long seen = shard.appliedPosition();
    int namespaceId = request.getNamespaceId();
    ByteString partitionKey = key.getPartitionKey();
    Optional<StoredRecord> found =
        request.getAtVersion() == 0
            ? shard.get(namespaceId, partitionKey, key.getSortKey())
            : shard.get(namespaceId, partitionKey, key.getSortKey(), request.getAtVersion());
    return answer(sight, seen, found);
  }

  /** The same without reading from disk; empty where that does not do. */
  static Optional<GetResponse> getFromMemory(Sight sight, ShardGetRequest request) {
    if (request.getAtVersion() != 0) {
      return Optional.empty();
    }
    Key key = request.getKey();
    Shard shard = sight.shard();
    long seen = shard.appliedPosition();
    MemoryRead read =
        shard.getFromMemory(request.getNamespaceId(), key.getPartitionKey(), key.getSortKey());
    return read.known() ? Optional.of(answer(sight, seen, read.record())) : Optional.empty();
  }

  private static GetResponse answer(Sight sight, long seen, Optional<StoredRecord> found) {
    GetResponse.Builder answer = GetResponse.newBuilder();
    found.ifPresent(record -> answer.setRecord(encode(record)));
    return answer.setContext(sight.context(seen)).build();
  }

  static Record encode(StoredRecord record) {
    return Record.newBuilder()
        .setValue(record.value())
        .setVersion(record.version())
        .setExpiresMs(record.expiresMillis())
        .build();
  }

  static ShardListVersionsResponse versions(Sight sight, ShardListVersionsRequest request) {
    Shard shard = sight.shard();
    long seen = shard.appliedPosition();
    VersionList list =
        shard.listVersions(
            request.getNamespaceId(),
            request.getKey().getPartitionKey(),
            request.getKey().getSortKey(),
            new VersionRange(
                request.getFromVersion(),
                request.getToVersion(),
                request.getOldestFirst(),
                request.getLimit(),
                Limits.MAX_RESPONSE_BYTES));
    ShardListVersionsResponse.Builder answer =
        ShardListVersionsResponse.newBuilder().setEnd(list.end()).setContext(sight.context(seen));
    list.versions().forEach(version -> answer.addVersions(encode(version)));
    return answer.build();
  }

  private static RecordVersion encode(StoredVersion version) {
    RecordVersion.Builder encoded =
        RecordVersion.newBuilder()
            .setVersion(version.version())
            .setExpiresMs(version.expiresMillis());
    return version.deleted()
        ? encoded.setDeleted(Deleted.getDefaultInstance()).build()
        : encoded.setValue(version.value()).build();
  }

  static AwaitAppliedResponse outcomes(Sight sight, AwaitAppliedRequest request) {
    Shard shard = sight.shard();
    AwaitAppliedResponse.Builder answer =
        AwaitAppliedResponse.newBuilder().setAppliedPosition(shard.appliedPosition());
    for (WriterStamp stamp : request.getStampsList()) {
      answer.addOutcomes(shard.outcome(toLog(stamp)));
    }
    return answer.build();
  }

  private static io.byssus.proto.log.v1.WriterStamp toLog(WriterStamp stamp) {
    ByteBuffer writer = stamp.getWriterId().asReadOnlyByteBuffer();
    return io.byssus.proto.log.v1.WriterStamp.newBuilder()
        .setWriterHigh(writer.getLong())
        .setWriterLow(writer.getLong())
        .setSequence(stamp.getSequence())
        .setLowestOpen(stamp.getLowestOpen())
        .setAcceptUntilMs(stamp.getAcceptUntilMs())
        .build();
  }

  static NamespaceSizesResponse sizes(ReplicaHost host, NamespaceSizesRequest request) {
    Set<Integer> asked = new HashSet<>(request.getShardsList());
    NamespaceSizesResponse.Builder answer = NamespaceSizesResponse.newBuilder();
    for (Replica replica : host.replicas()) {
      Optional<Shard> shard = replica.shardIfOpen();
      if (asked.contains(replica.shard()) && shard.isPresent()) {
        size(shard.get(), request.getNamespaceId())
            .ifPresent(
                size ->
                    answer.addSizes(
                        NamespaceSize.newBuilder()
                            .setShard(replica.shard())
                            .setRecordsEstimate(size.records())
                            .setDiskBytes(size.bytes())));
      }
    }
    return answer.build();
  }

  private static Optional<SizeEstimate> size(Shard shard, int namespaceId) {
    try {
      return Optional.of(shard.namespaceSize(namespaceId));
    } catch (ByssusException e) {
      // Closed this moment: it is not held any more.
      return Optional.empty();
    }
  }
}
