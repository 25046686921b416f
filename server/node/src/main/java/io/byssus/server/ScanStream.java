package io.byssus.server;

import com.google.protobuf.ByteString;
import io.byssus.proto.internal.v1.ShardScanRequest;
import io.byssus.proto.internal.v1.ShardScanResponse;
import io.byssus.proto.kv.v1.ScanRecord;
import io.byssus.storage.ShardScan;
import io.byssus.storage.SortKeyRange;
import io.byssus.storage.StoredRecord;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Streams one scan as fast as its caller takes it. Between bursts it holds a sort key and nothing
 * else, so a caller that stops reading costs the server no memory and keeps no file from being
 * deleted.
 */
final class ScanStream {
  private static final int PIECE_BYTES = 256 * 1024;

  private final Replica replica;
  private final ShardScanRequest request;
  private final ServerCallStreamObserver<ShardScanResponse> caller;
  private ByteString last;
  private long sent;
  private OptionalLong proven;
  private boolean started;
  private boolean ended;

  /** Sets itself up to be told when the caller is ready: to be made within the call's handler. */
  ScanStream(
      Replica replica,
      ShardScanRequest request,
      ServerCallStreamObserver<ShardScanResponse> caller) {
    this.replica = replica;
    this.request = request;
    this.caller = caller;
    caller.setOnReadyHandler(this::goOn);
  }

  /** The replica has reached the position that the scan asks for. */
  void start(OptionalLong proof) {
    synchronized (this) {
      proven = proof;
      started = true;
    }
    goOn();
  }

  private synchronized void goOn() {
    if (!started || ended || !caller.isReady()) {
      return;
    }
    try (ShardScan scan =
        replica
            .open()
            .scan(
                request.getNamespaceId(),
                request.getPartitionKey(),
                new SortKeyRange(
                    last == null ? request.getStart() : last,
                    last != null || request.getAfterStart(),
                    Optional.of(request.getEnd()).filter(end -> !end.isEmpty()),
                    false))) {
      while (!ended && caller.isReady()) {
        ShardScanResponse piece = nextPiece(scan);
        caller.onNext(piece);
        if (piece.getEnd() || limitReached()) {
          ended = true;
          caller.onCompleted();
        }
      }
    } catch (RuntimeException e) {
      ended = true;
      caller.onError(ReadService.toGrpc(e));
    }
  }

  private ShardScanResponse nextPiece(ShardScan scan) {
    ShardScanResponse.Builder piece = ShardScanResponse.newBuilder();
    long seen = replica.open().appliedPosition();
    int bytes = 0;
    while (scan.isValid() && bytes < PIECE_BYTES && !limitReached()) {
      StoredRecord record = scan.record();
      last = scan.sortKey();
      piece.addRecords(
          ScanRecord.newBuilder()
              .setSortKey(last)
              .setValue(record.value())
              .setVersion(record.version())
              .setExpiresMs(record.expiresMillis()));
      bytes += last.size() + record.value().size();
      sent++;
      scan.next();
    }
    return piece.setEnd(!scan.isValid()).setContext(replica.context(seen, proven)).build();
  }

  private boolean limitReached() {
    return request.getLimit() > 0 && sent >= request.getLimit();
  }
}
