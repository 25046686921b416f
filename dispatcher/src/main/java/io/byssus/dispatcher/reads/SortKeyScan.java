package io.byssus.dispatcher.reads;

import com.google.protobuf.ByteString;
import io.byssus.clustermap.replicas.ReadLevel;
import io.byssus.clustermap.scans.PageTokens;
import io.byssus.clustermap.scans.ScanSelection;
import io.byssus.proto.internal.v1.ShardScanRequest;
import io.byssus.proto.internal.v1.ShardScanResponse;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.proto.kv.v1.ScanResponse;
import io.grpc.MethodDescriptor;
import java.util.Optional;

/**
 * What is left of a scan over the sort keys of one partition key.
 *
 * @param last the last sort key that was read; empty: none
 * @param hash what page tokens are made with
 */
record SortKeyScan(
    int namespaceId,
    int shard,
    ReadLevel level,
    ByteString partitionKey,
    ScanSelection selection,
    Optional<ByteString> last,
    long left,
    long atLeast,
    long hash)
    implements ScanPlan<ShardScanRequest, ShardScanResponse, ScanResponse> {

  @Override
  public MethodDescriptor<ShardScanRequest, ShardScanResponse> method() {
    return ShardServiceGrpc.getScanMethod();
  }

  @Override
  public ShardScanRequest request() {
    ShardScanRequest.Builder request =
        ShardScanRequest.newBuilder()
            .setView(level.view(shard, atLeast))
            .setNamespaceId(namespaceId)
            .setPartitionKey(partitionKey)
            .setStart(selection.start())
            .setEnd(selection.end())
            .setLimit(ScanPlan.limit(left))
            .setReverse(selection.reverse());
    if (selection.reverse()) {
      last.ifPresent(request::setBefore);
    } else {
      last.ifPresent(key -> request.setStart(key).setAfterStart(true));
    }
    return request.build();
  }

  @Override
  public int records(ShardScanResponse piece) {
    return piece.getRecordsCount();
  }

  @Override
  public boolean end(ShardScanResponse piece) {
    return piece.getEnd();
  }

  @Override
  public ReadContext context(ShardScanResponse piece) {
    return piece.getContext();
  }

  @Override
  public SortKeyScan after(ShardScanResponse piece) {
    int records = piece.getRecordsCount();
    return new SortKeyScan(
        namespaceId,
        shard,
        level,
        partitionKey,
        selection,
        records == 0 ? last : Optional.of(piece.getRecords(records - 1).getSortKey()),
        ScanPlan.leftAfter(left, records),
        ShardLocator.later(atLeast, piece.getContext().getPosition()),
        hash);
  }

  @Override
  public ScanResponse answer(ShardScanResponse piece) {
    ScanResponse.Builder answer =
        ScanResponse.newBuilder()
            .addAllRecords(piece.getRecordsList())
            .setContext(piece.getContext());
    if (!piece.getEnd()) {
      last.ifPresent(key -> answer.setNextPageToken(PageTokens.afterSortKey(hash, key, atLeast)));
    }
    return answer.build();
  }
}
