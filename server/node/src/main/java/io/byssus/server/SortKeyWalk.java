package io.byssus.server;

import com.google.protobuf.ByteString;
import io.byssus.proto.internal.v1.ShardScanRequest;
import io.byssus.proto.internal.v1.ShardScanResponse;
import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.proto.kv.v1.ScanRecord;
import io.byssus.storage.Shard;
import io.byssus.storage.ShardScan;
import io.byssus.storage.SortKeyRange;
import io.byssus.storage.StoredRecord;
import java.util.Optional;

/** The records of one partition key, in either direction. */
final class SortKeyWalk implements RecordWalk<ShardScanResponse> {
  private final ShardScanRequest request;
  private ShardScanResponse.Builder piece = ShardScanResponse.newBuilder();

  SortKeyWalk(ShardScanRequest request) {
    this.request = request;
  }

  private static Optional<ByteString> end(ShardScanRequest request) {
    Optional<ByteString> end = Optional.of(request.getEnd()).filter(sortKey -> !sortKey.isEmpty());
    if (!request.hasBefore()) {
      return end;
    }
    ByteString before = request.getBefore();
    return end.filter(
            sortKey -> ByteString.unsignedLexicographicalComparator().compare(sortKey, before) <= 0)
        .or(() -> Optional.of(before));
  }

  @Override
  public ShardScan begin(Shard shard) {
    return shard.scan(
        request.getNamespaceId(),
        request.getPartitionKey(),
        new SortKeyRange(
            request.getStart(), request.getAfterStart(), end(request), request.getReverse()));
  }

  @Override
  public int take(ShardScan scan) {
    StoredRecord record = scan.record();
    ByteString sortKey = scan.sortKey();
    piece.addRecords(
        ScanRecord.newBuilder()
            .setSortKey(sortKey)
            .setValue(record.value())
            .setVersion(record.version())
            .setExpiresMs(record.expiresMillis()));
    return sortKey.size() + record.value().size();
  }

  @Override
  public ShardScanResponse piece(boolean end, ReadContext context) {
    ShardScanResponse whole = piece.setEnd(end).setContext(context).build();
    piece = ShardScanResponse.newBuilder();
    return whole;
  }

  @Override
  public long limit() {
    return request.getLimit();
  }
}
