package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.proto.kv.v1.ScanRecord;
import io.byssus.proto.kv.v1.ScanRequest;
import io.byssus.proto.kv.v1.ScanResponse;
import io.byssus.proto.kv.v1.SortKeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How far a scan has come: what to ask for next, on whichever dispatcher, so that no record is lost
 * or comes twice. Not safe for several threads at once.
 */
final class ScanProgress {
  private final String namespace;
  private final Scan scan;
  private final ReadTerms terms;
  private ByteString pageToken;
  private long records;
  private boolean ended;

  ScanProgress(String namespace, Scan scan, ReadTerms terms) {
    this.namespace = namespace;
    this.scan = scan;
    this.terms = terms;
    this.pageToken = scan.after() == null ? ByteString.EMPTY : scan.after().bytes();
  }

  /** The request for what has not come yet. */
  ScanRequest request(SessionView view) {
    ScanRequest.Builder request =
        ScanRequest.newBuilder()
            .setNamespace(namespace)
            .setPartitionKey(scan.partitionKey())
            .setPageToken(pageToken)
            .setReverse(scan.isReverse())
            .setOptions(view.options(terms));
    if (!scan.prefix().isEmpty()) {
      request.setPrefix(scan.prefix());
    } else if (!scan.start().isEmpty() || !scan.end().isEmpty()) {
      request.setRange(SortKeyRange.newBuilder().setStart(scan.start()).setEnd(scan.end()));
    }
    if (scan.limit() > 0) {
      request.setLimit(scan.limit() - records);
    }
    return request.build();
  }

  /** Takes the next piece. */
  List<StoredRecord> take(ScanResponse piece) {
    ReadContext context = ReadContext.of(piece.getContext());
    terms.session().saw(context.shard(), context.position());
    List<StoredRecord> taken = new ArrayList<>(piece.getRecordsCount());
    for (ScanRecord record : piece.getRecordsList()) {
      Key key = Key.of(scan.partitionKey(), record.getSortKey());
      taken.add(
          new StoredRecord(
              key, record.getValue(), record.getVersion(), record.getExpiresMs(), context));
    }
    records += taken.size();
    pageToken = piece.getNextPageToken();
    ended = pageToken.isEmpty();
    return taken;
  }

  /**
   * Whether everything asked for has come. Only a piece says so: the end of a stream alone does
   * not.
   */
  boolean isDone() {
    return ended || limitReached();
  }

  /** Where a later scan goes on; empty where the selection is at its end. */
  Optional<PageToken> nextPage() {
    return ended ? Optional.empty() : Optional.of(PageToken.of(pageToken));
  }

  ByteString partitionKey() {
    return scan.partitionKey();
  }

  String namespace() {
    return namespace;
  }

  private boolean limitReached() {
    return scan.limit() > 0 && records >= scan.limit();
  }
}
