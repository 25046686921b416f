package io.byssus.client;

import io.byssus.model.ErrorCode;
import io.byssus.proto.kv.v1.WriteOptions;
import io.byssus.proto.kv.v1.WriteResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;

/**
 * One write, from the moment it was let in to its one outcome: it waits for its records' turn,
 * resolves its namespace, waits for room in its shard's window, gets its stamp, and is sent until
 * it is answered or its deadline passes. {@link ShardWriter} tells why in this order.
 *
 * <p>Each step is begun by the end of the one before. Beside that, the deadline and the closing of
 * the client may end the call at any moment, on another thread. So {@code ended} is set under the
 * lock by whoever ends the call, and every step looks at it under the lock before it takes hold of
 * anything; {@link #giveBack} then returns what the call holds. An attempt is noted under the lock
 * before it is started, so that whoever ends the call can stop it and learn whether it was sent.
 */
final class WriteCall<Q> implements LiveCalls.Call {
  /** How many stamps a write may use up that is certainly not written under any of them. */
  private static final int MAX_STAMPS = 5;

  private final WritePath path;
  private final Calls calls;
  private final RecordOrder order;
  private final WriteRequest<Q> request;
  private final WriteTerms terms;
  private final Backoff backoff;
  private final RecordOrder.Turn turn;
  private final CompletableFuture<WriteResult> result = new CompletableFuture<>();

  // Guarded by this.
  private boolean ended;
  private boolean maybeHandedOver;
  private CallFailure earlier;
  private int stamps;
  private ResolvedNamespace namespace;
  private ShardWriter shard;
  private ShardWriter.Opening opening;
  private Stamp stamp;
  private Attempt<Q, WriteResponse> attempt;
  private ScheduledFuture<?> wait;
  private ScheduledFuture<?> deadlineTimer;

  /** A write that holds a place in {@link OpenWrites}, which it gives back when it ends. */
  WriteCall(WritePath path, RecordOrder order, WriteRequest<Q> request, WriteTerms terms) {
    this.path = path;
    this.calls = path.calls();
    this.order = order;
    this.request = request;
    this.terms = terms;
    this.backoff = calls.backoff();
    this.turn = RecordOrder.turn(request.records(), this::resolve);
  }

  /** Begins the call. The result is completed on a thread that must not block. */
  CompletableFuture<WriteResult> start() {
    order.join(turn);
    calls.live().begin(this);
    synchronized (this) {
      if (ended) {
        calls.live().end(this);
      }
    }
    watchDeadline();
    return result;
  }

  /** Bounds the waits in which no attempt is running; an attempt has its own deadline. */
  private synchronized void watchDeadline() {
    if (!ended && stamp == null && deadlineTimer == null) {
      CallFailure passed =
          CallFailure.local(ErrorCode.DEADLINE_PASSED, "the deadline passed before it was sent");
      deadlineTimer = calls.later(() -> abort(passed), terms.deadline() - calls.now());
    }
  }

  private void resolve() {
    path.directory()
        .resolve(
            request.namespace(),
            terms.requestId(),
            terms.deadline(),
            new RetriedCall.Outcome<>() {
              @Override
              public void answered(ResolvedNamespace found) {
                awaitWindow(found);
              }

              @Override
              public void failed(CallFailure failure) {
                abort(failure);
              }
            });
  }

  private void awaitWindow(ResolvedNamespace found) {
    ShardWriter target = path.writer().shard(found.shard(request.partitionKey()));
    ShardWriter.Opening mine = issued -> issued(target, issued);
    synchronized (this) {
      if (ended) {
        return;
      }
      namespace = found;
      shard = target;
      opening = mine;
    }
    target.open(mine);
  }

  private void issued(ShardWriter target, Stamp issued) {
    boolean tooLate;
    synchronized (this) {
      tooLate = ended;
      if (!tooLate) {
        opening = null;
        stamp = issued;
        stamps++;
      }
    }
    if (tooLate) {
      target.close(issued.sequence());
    } else {
      attempt(null);
    }
  }

  private void attempt(Dispatcher last) {
    if (calls.live().isClosed()) {
      // The writes before it in its records' lines were ended a moment ago; it will be, unsent.
      abort(LiveCalls.clientClosed());
      return;
    }
    long now = calls.now();
    Dispatcher dispatcher = calls.dispatchers().pick(last);
    Attempt<Q, WriteResponse> next =
        new Attempt<>(dispatcher, request.method(), new Answer(dispatcher));
    Q message;
    synchronized (this) {
      if (ended) {
        return;
      }
      attempt = next;
      message = request.message().apply(options());
    }
    long attemptDeadline = calls.attemptDeadline(now, terms.deadline());
    next.start(message, terms.tag(), now, attemptDeadline, Attempt.UNARY);
  }

  private WriteOptions options() {
    return WriteOptions.newBuilder()
        .setAcknowledgement(
            request.hasOutcome()
                ? io.byssus.proto.kv.v1.Acknowledgement.APPLIED
                : terms.acknowledgement().toProto())
        .setStamp(stamp.toProto())
        .setNamespaceId(namespace.id())
        .setCriticality(terms.tag().criticality().toProto())
        .build();
  }

  private final class Answer implements Attempt.Listener<WriteResponse> {
    private final Dispatcher dispatcher;
    private WriteResponse response;

    Answer(Dispatcher dispatcher) {
      this.dispatcher = dispatcher;
    }

    @Override
    public void message(WriteResponse message) {
      response = message;
    }

    @Override
    public void ended(CallFailure failure) {
      if (failure != null) {
        attemptFailed(dispatcher, failure);
      } else {
        acknowledged(response == null ? WriteResponse.getDefaultInstance() : response);
      }
    }
  }

  private void acknowledged(WriteResponse response) {
    path.writer().clock().observe(response.getDispatcherTimeMs());
    CallFailure implausible;
    synchronized (this) {
      if (ended) {
        return;
      }
      implausible = CallFailure.implausible(response, namespace.shard(request.partitionKey()));
      maybeHandedOver = true;
      ended = implausible == null;
    }
    if (implausible != null) {
      path.directory().drop(request.namespace(), namespace);
      abort(implausible);
      return;
    }
    terms.session().saw(response.getShard(), response.getPosition());
    giveBack(false);
    result.complete(WriteResult.of(response));
  }

  private void attemptFailed(Dispatcher dispatcher, CallFailure failure) {
    boolean mayHaveNewStamp;
    synchronized (this) {
      if (ended) {
        return;
      }
      attempt = null;
      earlier = failure.orEarlier(earlier);
      maybeHandedOver |= failure.maybeHandedOver();
      mayHaveNewStamp = !maybeHandedOver && stamps < MAX_STAMPS;
    }
    if (failure.knowledgeIsStale()) {
      path.directory().drop(request.namespace(), namespace);
    }
    long delay = backoff.next(failure);
    boolean inTime = calls.now() + delay - terms.deadline() < 0;
    if (inTime && mayHaveNewStamp && failure.needsNewStamp()) {
      dropStamp();
      waitFor(this::resolve, delay);
    } else if (inTime && failure.retryable()) {
      waitFor(() -> attempt(dispatcher), delay);
    } else {
      abort(failure);
    }
  }

  /**
   * Closes a stamp of which no copy was handed over. The records stay this call's: the writes
   * behind it wait on.
   */
  private void dropStamp() {
    Stamp unused;
    ShardWriter target;
    synchronized (this) {
      if (ended) {
        return;
      }
      unused = stamp;
      target = shard;
      stamp = null;
    }
    target.close(unused.sequence());
    watchDeadline();
  }

  private synchronized void waitFor(Runnable step, long delay) {
    if (!ended) {
      wait = calls.later(step, delay);
    }
  }

  /** Ends the call without an acknowledgement, unless it has ended. */
  @Override
  public void abort(CallFailure last) {
    Attempt<Q, WriteResponse> running;
    CallFailure failure;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      running = attempt;
      failure = last.orEarlier(earlier);
    }
    boolean maybeWritten = maybeHandedOver | (running != null && running.stop());
    giveBack(maybeWritten);
    result.completeExceptionally(
        maybeWritten
            ? Failures.indeterminate(failure, terms.requestId())
            : Failures.notWritten(failure, terms.requestId()));
  }

  /** Returns what an ended call holds: nothing else changes once {@code ended} is set. */
  private void giveBack(boolean maybeWritten) {
    synchronized (this) {
      if (wait != null) {
        wait.cancel(false);
      }
      if (deadlineTimer != null) {
        deadlineTimer.cancel(false);
      }
    }
    calls.live().end(this);
    path.open().leave(request.bytes());
    if (stamp != null && maybeWritten) {
      shard.giveUp(stamp.sequence(), leaving(order, turn));
      return;
    }
    if (stamp != null) {
      shard.close(stamp.sequence());
    } else if (opening != null) {
      shard.withdraw(opening);
    }
    order.leave(turn);
  }

  /** Holds on to nothing of the call, which may be large: it may be minutes until this runs. */
  private static Runnable leaving(RecordOrder order, RecordOrder.Turn turn) {
    return () -> order.leave(turn);
  }
}
