package io.byssus.server;

import io.byssus.proto.internal.v1.ShardView;
import io.byssus.storage.Shard;
import io.byssus.storage.ShardScan;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Streams records as fast as their caller takes them.
 *
 * <p>Goes in bursts. A burst opens a scan where the stream stands, sends pieces while the caller
 * has room, and closes the scan after {@value #BURST_MILLIS} ms at the latest, so that no stream
 * keeps files from being deleted or a thread from the others. Between bursts the stream holds the
 * place where it stands and nothing else; what was sent and not taken is one piece at the most. So
 * a caller that stops reading costs the server no memory, however long it stays.
 */
final class RecordStream<T> {
  private static final int PIECE_BYTES = 256 * 1024;
  private static final long BURST_MILLIS = 50;

  private final Replica replica;
  private final ShardView view;
  private final ReadViews views;
  private final RecordWalk<T> walk;
  private final ServerCallStreamObserver<T> caller;
  private final Executor threads;
  private final Context context = Context.current();

  /** What may be read now; null while the replica is being waited for. */
  private Sight sight;

  private long sent;
  private boolean queued;
  private boolean ended;

  /**
   * Sets itself up to be told when the caller is ready: to be made within the call's handler.
   *
   * @param threads where bursts run
   */
  RecordStream(
      Replica replica,
      ShardView view,
      ReadViews views,
      RecordWalk<T> walk,
      ServerCallStreamObserver<T> caller,
      Executor threads) {
    this.replica = replica;
    this.view = view;
    this.views = views;
    this.walk = walk;
    this.caller = caller;
    this.threads = threads;
    caller.setOnReadyHandler(this::goOn);
    caller.setOnCancelHandler(this::cancelled);
  }

  /** Begins, once the replica is as the view wants it. */
  void start() {
    views
        .await(replica, view)
        .whenComplete(
            (waited, failure) -> {
              if (failure != null) {
                fail(failure);
              } else {
                begin(waited);
              }
            });
  }

  private void begin(Sight waited) {
    synchronized (this) {
      sight = waited;
    }
    goOn();
  }

  /** Has a burst run, unless one is about to. */
  private synchronized void goOn() {
    if (sight == null || ended || queued || !caller.isReady()) {
      return;
    }
    queued = true;
    try {
      threads.execute(context.wrap(this::burst));
    } catch (RejectedExecutionException e) {
      // The server stops; its listener ends the call.
      ended = true;
    }
  }

  private void burst() {
    try {
      boolean stale;
      synchronized (this) {
        queued = false;
        stale = !ended && !ReadViews.holds(sight, view);
        if (stale) {
          sight = null;
        } else {
          sendWhileReady();
        }
      }
      if (stale) {
        start();
      } else {
        goOn();
      }
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private void sendWhileReady() {
    if (ended || !caller.isReady()) {
      return;
    }
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BURST_MILLIS);
    Shard shard = sight.shard();
    long seen = shard.appliedPosition();
    try (ShardScan scan = walk.begin(shard)) {
      do {
        T piece = nextPiece(scan, seen);
        caller.onNext(piece);
        if (!scan.isValid() || limitReached()) {
          ended = true;
          caller.onCompleted();
        }
      } while (!ended && caller.isReady() && System.nanoTime() - end < 0);
    }
  }

  private T nextPiece(ShardScan scan, long seen) {
    int bytes = 0;
    while (scan.isValid() && bytes < PIECE_BYTES && !limitReached()) {
      bytes += walk.take(scan);
      sent++;
      scan.next();
    }
    return walk.piece(!scan.isValid(), sight.context(seen));
  }

  private boolean limitReached() {
    return walk.limit() != 0 && Long.compareUnsigned(sent, walk.limit()) >= 0;
  }

  private synchronized void cancelled() {
    ended = true;
  }

  private synchronized void fail(Throwable failure) {
    if (!ended) {
      ended = true;
      caller.onError(ReadService.toGrpc(failure));
    }
  }
}
