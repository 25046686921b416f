package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.proto.kv.v1.ScanRecord;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.ScanResponse;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Map;

/** What a scan of a fake shard answers. Its page token is the last sort key behind a mark. */
final class FakeScan {
  private static final ByteString MARK = ByteString.copyFromUtf8("after:");

  private FakeScan() {}

  static ArrayDeque<ScanResponse> pieces(ScanRequest request, FakeShard shard, int pieceRecords) {
    ArrayDeque<ScanResponse> pieces = new ArrayDeque<>();
    ScanResponse.Builder piece = ScanResponse.newBuilder();
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
                .setNextPageToken(MARK.concat(last))
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
            .setNextPageToken(more ? MARK.concat(last) : ByteString.EMPTY)
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
        && bytes.compare(sort, request.getPageToken().substring(MARK.size())) <= 0) {
      return false;
    }
    if (request.hasPrefix()) {
      return sort.startsWith(request.getPrefix());
    }
    return bytes.compare(sort, request.getRange().getStart()) >= 0
        && (request.getRange().getEnd().isEmpty()
            || bytes.compare(sort, request.getRange().getEnd()) < 0);
  }
}
