package io.byssus.client;

import io.byssus.client.calls.Attempt;
import io.byssus.client.calls.Backoff;
import io.byssus.client.calls.CallFailure;
import io.byssus.client.calls.Calls;
import io.byssus.client.calls.Dispatcher;
import io.byssus.client.calls.LiveCalls;
import io.byssus.client.calls.ResolvedNamespace;
import io.byssus.client.calls.RetriedCall;
import io.byssus.client.stamps.OpenWrites;
import io.byssus.client.stamps.RecordOrder;
import io.byssus.client.stamps.ShardWriter;
import io.byssus.client.stamps.WriteHold;
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
 * the client may end the call at any moment, on another thread; {@link WriteHold} tells how it is
 * kept from taking hold of anything then. An attempt and a timer are noted under the hold's lock,
 * an attempt before it is started, so that whoever ends the call can stop it and learn whether it
 * was sent.
 */
final class WriteCall<Q> implements LiveCalls.Call, WriteHold.Owner {
  private final WritePath path;
  private final Calls calls;
  private final WriteRequest<Q> request;
  private final WriteTerms terms;
  private final Backoff backoff;
  private final WriteHold hold;
  private final CompletableFuture<WriteResult> result = new CompletableFuture<>();

  // Guarded by the hold.
  private Attempt<Q, WriteResponse> attempt;
  private ScheduledFuture<?> wait;
  private ScheduledFuture<?> deadlineTimer;

  /** A write that holds a place in {@link OpenWrites}, which it gives back when it ends. */
  WriteCall(WritePath path, RecordOrder order, WriteRequest<Q> request, WriteTerms terms) {
    this.path = path;
    this.calls = path.calls();
    this.request = request;
    this.terms = terms;
    this.backoff = calls.backoff();
    this.hold = new WriteHold(order, request.records(), request.partitionKey(), this);
  }

  /** Begins the call. The result is completed on a thread that must not block. */
  CompletableFuture<WriteResult> start() {
    hold.join();
    calls.live().begin(this);
    synchronized (hold) {
      if (hold.isEnded()) {
        calls.live().end(this);
      }
    }
    watchDeadline();
    return result;
  }

  /** Bounds the waits in which no attempt is running; an attempt has its own deadline. */
  private void watchDeadline() {
    synchronized (hold) {
      if (!hold.isEnded() && hold.stamp() == null && deadlineTimer == null) {
        CallFailure passed =
            CallFailure.local(ErrorCode.DEADLINE_PASSED, "the deadline passed before it was sent");
        deadlineTimer = calls.later(() -> abort(passed), terms.deadline() - calls.now());
      }
    }
  }

  @Override
  public void turnCame() {
    path.directory()
        .resolve(
            request.namespace(),
            terms.requestId(),
            terms.deadline(),
            new RetriedCall.Outcome<>() {
              @Override
              public void answered(ResolvedNamespace found) {
                hold.openOn(found, path.writer());
              }

              @Override
              public void failed(CallFailure failure) {
                abort(failure);
              }
            });
  }

  @Override
  public void stamped() {
    attempt(null);
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
    synchronized (hold) {
      if (hold.isEnded()) {
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
        .setStamp(hold.stamp().toProto())
        .setNamespaceId(hold.namespace().id())
        .setCriticality(terms.tag().criticality())
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
    synchronized (hold) {
      implausible = CallFailure.implausible(response, hold.expectedShard());
      hold.handedOver();
      if (hold.isEnded() || (implausible == null && !hold.end())) {
        return;
      }
    }
    if (implausible != null) {
      path.directory().drop(request.namespace(), hold.namespace());
      abort(implausible);
      return;
    }
    terms.session().saw(response.getShard(), response.getPosition());
    giveBack(false);
    result.complete(WriteResult.of(response));
  }

  private void attemptFailed(Dispatcher dispatcher, CallFailure failure) {
    synchronized (hold) {
      if (hold.isEnded()) {
        return;
      }
      attempt = null;
      hold.copyFailed(failure);
    }
    if (failure.knowledgeIsStale()) {
      path.directory().drop(request.namespace(), hold.namespace());
    }
    long delay = backoff.next(failure);
    switch (hold.next(failure, calls.now() + delay - terms.deadline() < 0)) {
      case NEW_STAMP -> {
        hold.dropStamp();
        watchDeadline();
        waitFor(this::turnCame, delay);
      }
      case AGAIN -> waitFor(() -> attempt(dispatcher), delay);
      case END -> abort(failure);
    }
  }

  private void waitFor(Runnable step, long delay) {
    synchronized (hold) {
      if (!hold.isEnded()) {
        wait = calls.later(step, delay);
      }
    }
  }

  /** Ends the call without an acknowledgement, unless it has ended. */
  @Override
  public void abort(CallFailure last) {
    Attempt<Q, WriteResponse> running;
    synchronized (hold) {
      if (!hold.end()) {
        return;
      }
      running = attempt;
    }
    boolean maybeWritten = hold.maybeHandedOver() | (running != null && running.stop());
    giveBack(maybeWritten);
    result.completeExceptionally(Failures.write(hold.why(last), maybeWritten, terms.requestId()));
  }

  /** Returns what an ended call holds. */
  private void giveBack(boolean maybeWritten) {
    synchronized (hold) {
      if (wait != null) {
        wait.cancel(false);
      }
      if (deadlineTimer != null) {
        deadlineTimer.cancel(false);
      }
    }
    calls.live().end(this);
    path.open().leave(request.bytes());
    hold.giveBack(maybeWritten);
  }
}
