package io.byssus.server;

import io.byssus.proto.internal.v1.ShardView;
import io.byssus.storage.ScanPlace;
import io.byssus.storage.Shard;
import io.byssus.storage.ShardScan;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Streams records as fast as their caller takes them.
 *
 * <p>Goes in bursts. A burst opens a scan where the stream stands, sends pieces while the caller
 * has room, and closes the scan after about {@value #BURST_MILLIS} ms, so that no stream keeps
 * files from being deleted or a thread from the others. Between bursts the stream holds the place
 * where it stands and nothing else; what was sent and not taken is one piece at the most, or some
 * that are all but empty. So a caller that stops reading costs the server no memory, however long
 * it stays.
 *
 * <p>Where very many records have expired and are not removed yet, a burst may end in the midst of
 * them: it sends what it has, and be it nothing. What the piece says of its worth is then true of
 * everything that the burst has passed over, and the next burst does not pass over it again. A call
 * that ends meanwhile, cancelled or at its deadline, ends the burst at the next step.
 *
 * <p>One burst at a time is queued or runs; nothing is locked while it does.
 */
final class RecordStream<T> {
  private static final int PIECE_BYTES = 256 * 1024;
  private static final long BURST_MILLIS = 50;

  /** The clock is looked at after so many records, and in the midst of expired ones always. */
  private static final int STEPS_PER_LOOK = 8;

  private final Replica replica;
  private final ShardView view;
  private final ReadViews views;
  private final RecordWalk<T> walk;
  private final ServerCallStreamObserver<T> caller;
  private final Executor threads;
  private final Context context = Context.current();

  /** What may be read now; null while the replica is being waited for. */
  private Sight sight;

  /** Where the next burst begins; null: at the beginning. For bursts alone. */
  private ScanPlace place;

  /** How many records were taken. For bursts alone. */
  private long sent;

  private boolean busy;
  private volatile boolean ended;

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

  /** Has a burst run, unless one is about to or does. */
  private synchronized void goOn() {
    if (sight == null || ended || busy || !caller.isReady()) {
      return;
    }
    busy = true;
    try {
      threads.execute(context.wrap(this::burst));
    } catch (RejectedExecutionException e) {
      // The server stops; its listener ends the call.
      ended = true;
    }
  }

  private void burst() {
    try {
      boolean stale = !isOver() && !ReadViews.holds(sight, view);
      if (!stale) {
        sendWhileReady();
      }
      synchronized (this) {
        busy = false;
        if (stale) {
          sight = null;
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
    if (isOver() || !caller.isReady()) {
      return;
    }
    LongSupplier clock = replica.nanoTime();
    long end = clock.getAsLong() + TimeUnit.MILLISECONDS.toNanos(BURST_MILLIS);
    BooleanSupplier timeIsUp = () -> clock.getAsLong() - end >= 0;
    Shard shard = sight.shard();
    long seen = shard.appliedPosition();
    try (ShardScan scan = place == null ? walk.begin(shard) : shard.scan(place)) {
      do {
        gather(scan, timeIsUp);
        if (isOver()) {
          return;
        }
        caller.onNext(walk.piece(scan.isEnd(), sight.context(seen)));
        if (scan.isEnd() || limitReached()) {
          ended = true;
          caller.onCompleted();
          return;
        }
      } while (caller.isReady() && !timeIsUp.getAsBoolean());
      place = scan.place();
    }
  }

  /**
   * Goes on until a piece is full or there is to be no other, and until it is known whether a
   * record follows: as far as there is time for it.
   */
  private void gather(ShardScan scan, BooleanSupplier timeIsUp) {
    int bytes = 0;
    int steps = 0;
    while (!scan.isEnd() && bytes < PIECE_BYTES && !(scan.isRecord() && limitReached())) {
      if (scan.isRecord()) {
        bytes += walk.take(scan);
        sent++;
      }
      scan.next();
      boolean look = ++steps % STEPS_PER_LOOK == 0 || !scan.isRecord();
      if (look && (isOver() || timeIsUp.getAsBoolean())) {
        return;
      }
    }
  }

  /** Whether nobody waits for more. */
  private boolean isOver() {
    return ended || caller.isCancelled();
  }

  private boolean limitReached() {
    return walk.limit() != 0 && Long.compareUnsigned(sent, walk.limit()) >= 0;
  }

  private void cancelled() {
    ended = true;
  }

  private synchronized void fail(Throwable failure) {
    if (!ended) {
      ended = true;
      caller.onError(ReadService.toGrpc(failure));
    }
  }
}
