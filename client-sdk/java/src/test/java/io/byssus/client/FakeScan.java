package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.clustermap.scans.PageTokens;
import io.byssus.clustermap.scans.ScanSelection;
import io.byssus.proto.kv.v1.Deleted;
import io.byssus.proto.kv.v1.ListVersionsRequest;
import io.byssus.proto.kv.v1.ListVersionsResponse;
import io.byssus.proto.kv.v1.NamespaceRecord;
import io.byssus.proto.kv.v1.Record;
import io.byssus.proto.kv.v1.RecordVersion;
import io.byssus.proto.kv.v1.ScanRecord;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.ScanResponse;
import io.byssus.proto.kv.v1.ScanShardRequest;
import io.byssus.proto.kv.v1.ScanShardResponse;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/** What a scan of a fake shard answers, with page tokens as real dispatchers make them. */
final class FakeScan {
  private static final int NAMESPACE = 7;

  private FakeScan() {}

  static ArrayDeque<ScanResponse> pieces(ScanRequest request, FakeShard shard, int pieceRecords) {
    ArrayDeque<ScanResponse> pieces = new ArrayDeque<>();
    ScanResponse.Builder piece = ScanResponse.newBuilder();
    long hash =
        PageTokens.scanHash(NAMESPACE, request.getPartitionKey(), ScanSelection.of(request));
    long count = 0;
    ByteString last = ByteString.EMPTY;
    boolean more = false;
    for (Map.Entry<Key, FakeShard.StoredValue> entry : shard.records().entrySet()) {
      if (!selected(request, entry.getKey())) {
        continue;
      }
      if (request.getLimit() > 0 && count == request.getLimit()) {
        more = true;
        break;
      }
      if (piece.getRecordsCount() == pieceRecords) {
        pieces.add(
            piece
                .setNextPageToken(PageTokens.afterSortKey(hash, last, shard.applied()))
                .setContext(FakeDispatcher.context(shard))
                .build());
        piece = ScanResponse.newBuilder();
      }
      last = entry.getKey().sort();
      piece.addRecords(
          ScanRecord.newBuilder()
              .setSortKey(last)
              .setValue(entry.getValue().value())
              .setVersion(entry.getValue().version()));
      count++;
    }
    pieces.add(
        piece
            .setNextPageToken(
                more ? PageTokens.afterSortKey(hash, last, shard.applied()) : ByteString.EMPTY)
            .setContext(FakeDispatcher.context(shard))
            .build());
    return pieces;
  }

  private static boolean selected(ScanRequest request, Key key) {
    Comparator<ByteString> bytes = ByteString.unsignedLexicographicalComparator();
    ByteString sort = key.sort();
    if (!key.partition().equals(request.getPartitionKey())) {
      return false;
    }
    if (!request.getPageToken().isEmpty()
        && bytes.compare(
                sort, PageTokens.decode(request.getPageToken()).orElseThrow().getLastSortKey())
            <= 0) {
      return false;
    }
    if (request.hasPrefix()) {
      return sort.startsWith(request.getPrefix());
    }
    return bytes.compare(sort, request.getRange().getStart()) >= 0
        && (request.getRange().getEnd().isEmpty()
            || bytes.compare(sort, request.getRange().getEnd()) < 0);
  }

  /** The records of a namespace that a shard holds, in pieces. Tokens as for one partition key. */
  static ArrayDeque<ScanShardResponse> pieces(
      ScanShardRequest request, FakeShard shard, int pieceRecords) {
    ArrayDeque<ScanShardResponse> pieces = new ArrayDeque<>();
    ScanShardResponse.Builder piece = ScanShardResponse.newBuilder();
    long hash = PageTokens.shardHash(NAMESPACE, request.getShard());
    Optional<Key> after =
        request.getPageToken().isEmpty()
            ? Optional.empty()
            : PageTokens.decode(request.getPageToken())
                .map(t -> Key.of(t.getLastPartitionKey(), t.getLastSortKey()));
    Key last = null;
    for (Map.Entry<Key, FakeShard.StoredValue> entry : shard.records().entrySet()) {
      if (after.isPresent() && entry.getKey().compareTo(after.get()) <= 0) {
        continue;
      }
      if (piece.getRecordsCount() == pieceRecords) {
        pieces.add(
            piece
                .setNextPageToken(
                    PageTokens.afterKey(hash, WriteRequest.toProto(last), shard.applied()))
                .setContext(FakeDispatcher.context(shard))
                .build());
        piece = ScanShardResponse.newBuilder();
      }
      last = entry.getKey();
      piece.addRecords(
          NamespaceRecord.newBuilder()
              .setKey(WriteRequest.toProto(entry.getKey()))
              .setRecord(
                  Record.newBuilder()
                      .setValue(entry.getValue().value())
                      .setVersion(entry.getValue().version())));
    }
    pieces.add(piece.setContext(FakeDispatcher.context(shard)).build());
    return pieces;
  }

  /** The one version that a fake shard keeps, as long as it is asked for from the beginning. */
  static ListVersionsResponse.Builder versions(
      ListVersionsRequest request, Key key, FakeShard shard) {
    ListVersionsResponse.Builder response = ListVersionsResponse.newBuilder();
    FakeShard.StoredValue value = shard.get(key);
    if (!request.getPageToken().isEmpty()) {
      return response.addVersions(
          RecordVersion.newBuilder().setVersion(1).setDeleted(Deleted.getDefaultInstance()));
    }
    return response
        .addVersions(
            RecordVersion.newBuilder()
                .setVersion(value.version())
                .setValue(value.value())
                .setExpiresMs(5_000))
        .setNextPageToken(PageTokens.afterVersion(0, value.version(), shard.applied()));
  }
}
