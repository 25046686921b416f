package io.byssus.dispatcher;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * How a {@link FakeServer} streams the answers to scans, piece by piece as its caller takes them.
 */
final class FakeScans {
  private final BooleanSupplier hanging;
  private volatile int pieceRecords = 100;
  private volatile int diesAfterPieces = Integer.MAX_VALUE;
  private volatile int piecesSent;

  FakeScans(BooleanSupplier hanging) {
    this.hanging = hanging;
  }

  /** How many records a piece has. */
  void pieceRecords(int records) {
    pieceRecords = records;
  }

  /** Breaks scans off after so many pieces, counted over all scans. */
  void breakAfter(int pieces) {
    diesAfterPieces = piecesSent + pieces;
  }

  int piecesSent() {
    return piecesSent;
  }

  /**
   * Serves a scan.
   *
   * @param read hands over the records, or answers the caller otherwise
   * @param piece makes a message of records; told whether it is the last
   */
  <R, P> void serve(
      ServerCallStreamObserver<P> stream,
      long limit,
      Consumer<Consumer<List<R>>> read,
      BiFunction<List<R>, Boolean, P> piece) {
    Scan<R, P> scan = new Scan<>(stream, limit, read, piece);
    stream.setOnReadyHandler(scan::goOn);
    stream.setOnCancelHandler(() -> {});
  }

  private final class Scan<R, P> {
    private final ServerCallStreamObserver<P> stream;
    private final long limit;
    private final Consumer<Consumer<List<R>>> read;
    private final BiFunction<List<R>, Boolean, P> pieceOf;
    private List<R> left;
    private long sent;
    private boolean ended;

    Scan(
        ServerCallStreamObserver<P> stream,
        long limit,
        Consumer<Consumer<List<R>>> read,
        BiFunction<List<R>, Boolean, P> pieceOf) {
      this.stream = stream;
      this.limit = limit == 0 ? Long.MAX_VALUE : limit;
      this.read = read;
      this.pieceOf = pieceOf;
    }

    synchronized void goOn() {
      if (left == null && !ended) {
        read.accept(records -> left = records);
        ended = left == null;
      }
      while (!ended && !hanging.getAsBoolean() && stream.isReady()) {
        if (piecesSent >= diesAfterPieces) {
          ended = true;
          stream.onError(GrpcErrors.toGrpc(new ByssusException(ErrorCode.SHUTTING_DOWN, "dying")));
          return;
        }
        long most = limit - sent;
        int size = (int) Math.min(Math.min(pieceRecords, left.size()), most);
        List<R> piece = left.subList(0, size);
        left = left.subList(size, left.size());
        sent += size;
        piecesSent++;
        stream.onNext(pieceOf.apply(piece, left.isEmpty()));
        if (left.isEmpty() || size == most) {
          ended = true;
          stream.onCompleted();
        }
      }
    }
  }
}
