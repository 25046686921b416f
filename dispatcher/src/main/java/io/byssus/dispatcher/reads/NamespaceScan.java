package io.byssus.dispatcher.reads;

import io.byssus.clustermap.replicas.ReadLevel;
import io.byssus.clustermap.scans.PageTokens;
import io.byssus.proto.internal.v1.ShardScanNamespaceRequest;
import io.byssus.proto.internal.v1.ShardScanNamespaceResponse;
import io.byssus.proto.internal.v1.ShardServiceGrpc;
import io.byssus.proto.kv.v1.Key;
import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.proto.kv.v1.ScanShardResponse;
import io.grpc.MethodDescriptor;
import java.util.Optional;

/**
 * What is left of a scan over the records of a namespace that one shard holds.
 *
 * @param last the last record that was read; empty: none
 * @param hash what page tokens are made with
 */
record NamespaceScan(
    int namespaceId,
    int shard,
    ReadLevel level,
    Optional<Key> last,
    long left,
    long atLeast,
    long hash)
    implements ScanPlan<ShardScanNamespaceRequest, ShardScanNamespaceResponse, ScanShardResponse> {

  @Override
  public MethodDescriptor<ShardScanNamespaceRequest, ShardScanNamespaceResponse> method() {
    return ShardServiceGrpc.getScanNamespaceMethod();
  }

  @Override
  public ShardScanNamespaceRequest request() {
    ShardScanNamespaceRequest.Builder request =
        ShardScanNamespaceRequest.newBuilder()
            .setView(level.view(shard, atLeast))
            .setNamespaceId(namespaceId)
            .setLimit(ScanPlan.limit(left));
    last.ifPresent(request::setAfter);
    return request.build();
  }

  @Override
  public int records(ShardScanNamespaceResponse piece) {
    return piece.getRecordsCount();
  }

  @Override
  public boolean end(ShardScanNamespaceResponse piece) {
    return piece.getEnd();
  }

  @Override
  public ReadContext context(ShardScanNamespaceResponse piece) {
    return piece.getContext();
  }

  @Override
  public NamespaceScan after(ShardScanNamespaceResponse piece) {
    int records = piece.getRecordsCount();
    return new NamespaceScan(
        namespaceId,
        shard,
        level,
        records == 0 ? last : Optional.of(piece.getRecords(records - 1).getKey()),
        ScanPlan.leftAfter(left, records),
        ShardLocator.later(atLeast, piece.getContext().getPosition()),
        hash);
  }

  @Override
  public ScanShardResponse answer(ShardScanNamespaceResponse piece) {
    ScanShardResponse.Builder answer =
        ScanShardResponse.newBuilder()
            .addAllRecords(piece.getRecordsList())
            .setContext(piece.getContext());
    if (!piece.getEnd()) {
      last.ifPresent(key -> answer.setNextPageToken(PageTokens.afterKey(hash, key, atLeast)));
    }
    return answer.build();
  }
}
