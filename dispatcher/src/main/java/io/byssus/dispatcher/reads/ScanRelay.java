package io.byssus.dispatcher.reads;

import io.byssus.clustermap.replicas.Replica;
import io.byssus.clustermap.replicas.ReplicaSearch;
import io.byssus.clustermap.replicas.ServerChannels;
import io.byssus.dispatcher.calls.CallDeadline;
import io.byssus.dispatcher.calls.UnaryAnswer;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One scan on its way from a replica to its reader, piece by piece.
 *
 * <p><b>Flow.</b> The next piece is asked of the replica only when the reader can take one, so that
 * at most one piece lies here, however slow the reader is.
 *
 * <p><b>Going on elsewhere.</b> Each piece that was passed on moves the place from which a scan
 * goes on: after its last record, on a replica that has applied at least the position that it was
 * read at. When the replica fails, another takes over there, and the reader notices nothing. Where
 * none brings a piece within the time that a call gets, the scan fails.
 *
 * <p>Guarded by itself: reader, replica and timer come on their own threads.
 */
final class ScanRelay<Q, P, A> {
  private final ReplicaReads replicas;
  private final ServerChannels channels;
  private final ScheduledExecutorService timer;
  private final LongSupplier nanoTime;
  private final ServerCallStreamObserver<A> reader;
  private final Context context = Context.current();

  private ScanPlan<Q, P, A> plan;
  private boolean ended;
  private Optional<Source> source = Optional.empty();
  private Optional<Future<?>> endOfCall = Optional.empty();
  private ReplicaSearch search;
  private CallDeadline nextPieceBy;

  /** A relay to a reader; to be made while the reader's call is being set up. */
  ScanRelay(
      ReplicaReads replicas,
      ServerChannels channels,
      ScheduledExecutorService timer,
      LongSupplier nanoTime,
      ServerCallStreamObserver<A> reader) {
    this.replicas = replicas;
    this.channels = channels;
    this.timer = timer;
    this.nanoTime = nanoTime;
    this.reader = reader;
    reader.setOnCancelHandler(this::cancelled);
    reader.setOnReadyHandler(this::readerReady);
  }

  /** Starts to read. */
  synchronized void start(ScanPlan<Q, P, A> firstPlan) {
    if (ended) {
      return;
    }
    plan = firstPlan;
    progressed();
    if (context.getDeadline() != null) {
      endOfCall =
          Optional.of(later(this::timeIsUp, CallDeadline.of(context, nanoTime).remainingNanos()));
    }
    next();
  }

  /** From now on the next piece has a call's time to come. */
  private void progressed() {
    search = replicas.search(plan.shard(), plan.level(), plan.atLeast());
    renewDeadline();
  }

  private void renewDeadline() {
    nextPieceBy = CallDeadline.of(context, nanoTime).atMost(CallDeadline.WHERE_NONE_IS_GIVEN);
  }

  private synchronized void timeIsUp() {
    fail(
        search.hasFailures()
            ? search.exhausted()
            : new ByssusException(
                ErrorCode.DEADLINE_PASSED, "the deadline came before the scan had ended"));
  }

  private synchronized void next() {
    if (ended) {
      return;
    }
    if (nextPieceBy.passed()) {
      fail(search.exhausted());
      return;
    }
    Optional<Replica> replica = search.next();
    if (replica.isPresent()) {
      source = Optional.of(new Source(replica.get()));
      source.get().open();
    } else if (search.hopeless()) {
      fail(search.exhausted());
    } else {
      source = Optional.empty();
      later(this::next, Math.min(search.newRound().toNanos(), nextPieceBy.remainingNanos()));
    }
  }

  private synchronized void readerReady() {
    if (!ended && reader.isReady()) {
      source.filter(from -> from.paused).ifPresent(Source::askForPiece);
    }
  }

  private synchronized void pieceCame(Source from, P piece) {
    if (ended || !isCurrent(from)) {
      return;
    }
    from.stopWaiting();
    Optional<ByssusException> objection = plan.level().objection(plan.context(piece));
    if (objection.isPresent()) {
      sourceFailed(from, objection.get());
      return;
    }
    plan = plan.after(piece);
    boolean end = plan.end(piece);
    if (plan.records(piece) > 0 || end) {
      reader.onNext(plan.answer(piece));
    }
    if (end || plan.left() == 0) {
      end();
      reader.onCompleted();
      return;
    }
    from.progressed = true;
    if (reader.isReady()) {
      from.askForPiece();
    } else {
      from.paused = true;
    }
  }

  private synchronized void sourceFailed(Source from, ByssusException failure) {
    if (ended || !isCurrent(from)) {
      return;
    }
    source = Optional.empty();
    from.stop();
    if (context.isCancelled()) {
      end();
      return;
    }
    if (from.progressed) {
      progressed();
    }
    if (search.failed(from.replica, failure)) {
      context.run(this::next);
    } else {
      fail(failure);
    }
  }

  /** Ends the scan with an error, unless it has ended. */
  synchronized void fail(Throwable failure) {
    if (!ended) {
      end();
      reader.onError(UnaryAnswer.toGrpc(failure));
    }
  }

  private synchronized void cancelled() {
    end();
  }

  private void end() {
    ended = true;
    Optional<Source> last = source;
    source = Optional.empty();
    last.ifPresent(Source::stop);
    endOfCall.ifPresent(timing -> timing.cancel(false));
  }

  private boolean isCurrent(Source from) {
    return source.filter(current -> current == from).isPresent();
  }

  private Future<?> later(Runnable task, long nanos) {
    return timer.schedule(context.wrap(task), nanos, TimeUnit.NANOSECONDS);
  }

  /** One replica's part of the scan. All methods run under the relay's lock, but for callbacks. */
  private final class Source implements ClientResponseObserver<Q, P> {
    final Replica replica;
    boolean progressed;
    boolean paused;
    private ClientCallStreamObserver<Q> stream;
    private Future<?> patience;
    private int waits;

    Source(Replica replica) {
      this.replica = replica;
    }

    void open() {
      expectWithin(nextPieceBy.attemptNanos());
      ClientCalls.asyncServerStreamingCall(
          channels.to(replica.address()).newCall(plan.method(), CallOptions.DEFAULT),
          plan.request(),
          this);
    }

    void askForPiece() {
      paused = false;
      renewDeadline();
      expectWithin(nextPieceBy.attemptNanos());
      stream.request(1);
    }

    private void expectWithin(long nanos) {
      int number = ++waits;
      patience = later(() -> isSilent(number), nanos);
    }

    private void isSilent(int number) {
      synchronized (ScanRelay.this) {
        // The piece may have come while this was on its way.
        if (number == waits) {
          sourceFailed(
              this, new ByssusException(ErrorCode.DEADLINE_PASSED, "no piece came in its time"));
        }
      }
    }

    void stopWaiting() {
      waits++;
      patience.cancel(false);
    }

    void stop() {
      stopWaiting();
      stream.cancel("the scan goes on elsewhere or has ended", null);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> requestStream) {
      stream = requestStream;
      requestStream.disableAutoRequestWithInitial(1);
    }

    @Override
    public void onNext(P piece) {
      pieceCame(this, piece);
    }

    @Override
    public void onError(Throwable failure) {
      sourceFailed(this, GrpcErrors.fromGrpc(failure, ErrorCode.NO_REPLICA));
    }

    @Override
    public void onCompleted() {
      sourceFailed(
          this,
          new ByssusException(
              ErrorCode.INTERNAL_FAULT, "the stream ended before the scan had come to its end"));
    }
  }
}
