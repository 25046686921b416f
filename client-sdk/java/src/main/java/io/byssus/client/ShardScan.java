package io.byssus.client;

import com.google.protobuf.ByteString;
import io.byssus.client.calls.Backoff;
import io.byssus.client.calls.CallFailure;
import io.byssus.client.calls.Dispatcher;
import io.byssus.client.calls.ResolvedNamespace;
import io.byssus.client.calls.ScanStream;
import io.byssus.model.ErrorCode;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.NamespaceRecord;
import io.byssus.proto.kv.v1.ScanShardRequest;
import io.byssus.proto.kv.v1.ScanShardResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * How far the read of one shard of a namespace has come, and the stream that it comes by. Not safe
 * for several threads at once.
 */
final class ShardScan {
  private final ReadPath path;
  private final String namespace;
  private final int shard;
  private final Consumer<Piece> arrived;
  private final Backoff backoff;
  private ByteString pageToken = ByteString.EMPTY;
  private SessionView view = SessionView.NONE;
  private Dispatcher dispatcher;
  private ScanStream<ScanShardRequest, ScanShardResponse> stream;
  private CallFailure lastFailure;
  private long openAt;
  private int sessionsLost;
  private boolean done;

  /** What came of a shard's stream. */
  record Piece(ShardScan scan, ScanStream.Event<ScanShardRequest, ScanShardResponse> event) {
    /** Whether it is of the shard's present stream, and not of one that was given up. */
    boolean isCurrent() {
      return scan.stream == event.stream();
    }
  }

  /**
   * @param arrived takes what comes of the shard's streams; must not block
   * @param now when it may begin
   */
  ShardScan(ReadPath path, String namespace, int shard, Consumer<Piece> arrived, long now) {
    this.path = path;
    this.namespace = namespace;
    this.shard = shard;
    this.arrived = arrived;
    this.backoff = path.calls().backoff();
    this.openAt = now;
  }

  /** Opens a stream after what has come. */
  ScanStream<ScanShardRequest, ScanShardResponse> open(
      ReadTerms terms, ResolvedNamespace resolved, long now) {
    view = SessionView.ofShard(terms, resolved, shard);
    dispatcher = path.calls().pickForRead(dispatcher, KvServiceGrpc.getScanShardMethod());
    stream =
        new ScanStream<>(
            dispatcher,
            KvServiceGrpc.getScanShardMethod(),
            event -> arrived.accept(new Piece(this, event)));
    ScanShardRequest request =
        ScanShardRequest.newBuilder()
            .setNamespace(namespace)
            .setShard(shard)
            .setPageToken(pageToken)
            .setOptions(view.options(terms))
            .build();
    stream.open(request, terms.tag(), now);
    return stream;
  }

  /** Takes a piece of the present stream. */
  List<StoredRecord> take(ScanShardResponse piece, Session session) {
    ReadContext context = ReadContext.of(piece.getContext());
    session.saw(context.shard(), context.position());
    List<StoredRecord> records = new ArrayList<>(piece.getRecordsCount());
    for (NamespaceRecord record : piece.getRecordsList()) {
      Key key = Key.of(record.getKey().getPartitionKey(), record.getKey().getSortKey());
      records.add(StoredRecord.of(key, record.getRecord(), context));
    }
    pageToken = piece.getNextPageToken();
    lastFailure = null;
    if (pageToken.isEmpty()) {
      done = true;
      stream.stop();
      stream = null;
    } else {
      stream.took();
    }
    return records;
  }

  /**
   * The present stream failed, ended before the shard's last piece, or is given up: another is
   * opened after a wait.
   *
   * @throws ByssusClientException where the read cannot go on
   */
  void failed(CallFailure failure, ReadTerms terms, long now) {
    stream.stop();
    stream = null;
    lastFailure = failure.orEarlier(lastFailure);
    if (failure.code() == ErrorCode.SESSION_LOST) {
      boolean mayGoOn =
          !view.positions().isEmpty()
              && !view.drop(terms.session(), shard)
              && sessionsLost++ < ReadPath.MAX_STARTS;
      if (!mayGoOn) {
        throw Failures.sessionLost(shard, failure, terms.requestId());
      }
    } else if (!failure.retryable()) {
      throw Failures.read(failure, terms.requestId());
    }
    openAt = now + path.calls().delay(backoff, dispatcher, failure);
  }

  boolean isOpen() {
    return stream != null;
  }

  /** Whether every record of the shard has come. */
  boolean isDone() {
    return done;
  }

  /** When the next stream may be opened, where there is none. */
  long openAt() {
    return openAt;
  }

  /** Why there is no stream; null where nothing is wrong. */
  CallFailure lastFailure() {
    return lastFailure;
  }
}
