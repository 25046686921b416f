package io.byssus.server;

import io.byssus.proto.internal.v1.ShardScanNamespaceRequest;
import io.byssus.proto.internal.v1.ShardScanNamespaceResponse;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.NamespaceRecord;
import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.storage.RecordKey;
import io.byssus.storage.Shard;
import io.byssus.storage.ShardScan;
import io.byssus.storage.StoredRecord;
import java.util.Optional;

/** The records of a namespace that one shard holds. */
final class NamespaceWalk implements RecordWalk<ShardScanNamespaceResponse> {
  private final ShardScanNamespaceRequest request;
  private ShardScanNamespaceResponse.Builder piece = ShardScanNamespaceResponse.newBuilder();

  NamespaceWalk(ShardScanNamespaceRequest request) {
    this.request = request;
  }

  @Override
  public ShardScan begin(Shard shard) {
    return shard.scanNamespace(
        request.getNamespaceId(),
        Optional.of(request.getAfter())
            .filter(key -> request.hasAfter())
            .map(key -> new RecordKey(key.getPartitionKey(), key.getSortKey())));
  }

  @Override
  public int take(ShardScan scan) {
    StoredRecord record = scan.record();
    RecordKey key = scan.key();
    piece.addRecords(
        NamespaceRecord.newBuilder()
            .setKey(Key.newBuilder().setPartitionKey(key.partitionKey()).setSortKey(key.sortKey()))
            .setRecord(RecordReads.encode(record)));
    return key.partitionKey().size() + key.sortKey().size() + record.value().size();
  }

  @Override
  public ShardScanNamespaceResponse piece(boolean end, ReadContext context) {
    ShardScanNamespaceResponse whole = piece.setEnd(end).setContext(context).build();
    piece = ShardScanNamespaceResponse.newBuilder();
    return whole;
  }

  @Override
  public long limit() {
    return request.getLimit();
  }
}
