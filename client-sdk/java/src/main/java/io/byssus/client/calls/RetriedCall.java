package io.byssus.client.calls;

import io.byssus.model.ErrorCode;
import io.grpc.MethodDescriptor;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * One unary call that may be repeated freely, because it reads: attempts on one dispatcher after
 * the other until an answer comes, a reason not worth repeating, or the deadline.
 */
public final class RetriedCall<Q, R> implements LiveCalls.Call {
  private final Calls calls;
  private final MethodDescriptor<Q, R> method;
  private final Supplier<Q> request;
  private final CallTag tag;
  private final long deadline;
  private final Predicate<CallFailure> retry;
  private final Outcome<R> outcome;
  private final Backoff backoff;

  // Guarded by this.
  private boolean ended;
  private CallFailure earlier;
  private Attempt<Q, R> attempt;
  private ScheduledFuture<?> wait;

  /** Takes the outcome of a call: one of the two, once, on a thread that must not block. */
  public interface Outcome<R> {
    void answered(R answer);

    void failed(CallFailure failure);
  }

  /**
   * @param request asked for once per attempt
   * @param deadline on the clock of {@code calls}
   * @param retry which failures are worth another attempt
   */
  public RetriedCall(
      Calls calls,
      MethodDescriptor<Q, R> method,
      Supplier<Q> request,
      CallTag tag,
      long deadline,
      Predicate<CallFailure> retry,
      Outcome<R> outcome) {
    this.calls = calls;
    this.method = method;
    this.request = request;
    this.tag = tag;
    this.deadline = deadline;
    this.retry = retry;
    this.outcome = outcome;
    this.backoff = calls.backoff();
  }

  public void start() {
    calls.live().begin(this);
    attempt(null);
  }

  private void attempt(Dispatcher last) {
    long now = calls.now();
    Dispatcher dispatcher = calls.pickForRead(last, method);
    Attempt<Q, R> next = new Attempt<>(dispatcher, method, new Answer(dispatcher));
    synchronized (this) {
      if (ended) {
        return;
      }
      attempt = next;
    }
    next.start(
        request.get(), tag, now, calls.attemptDeadline(dispatcher, now, deadline), Attempt.UNARY);
  }

  private final class Answer implements Attempt.Listener<R> {
    private final Dispatcher dispatcher;
    private R answer;

    Answer(Dispatcher dispatcher) {
      this.dispatcher = dispatcher;
    }

    @Override
    public void message(R message) {
      answer = message;
    }

    @Override
    public void ended(CallFailure failure) {
      if (failure == null && answer == null) {
        abort(CallFailure.local(ErrorCode.INTERNAL_FAULT, "the dispatcher answered nothing"));
        return;
      }
      if (failure == null) {
        if (end()) {
          outcome.answered(answer);
        }
        return;
      }
      long delay = calls.delay(backoff, dispatcher, failure);
      if (!retry.test(failure) || calls.now() + delay - deadline >= 0) {
        abort(failure);
        return;
      }
      synchronized (RetriedCall.this) {
        earlier = failure.orEarlier(earlier);
        if (!RetriedCall.this.ended) {
          wait = calls.later(() -> attempt(dispatcher), delay);
        }
      }
    }
  }

  @Override
  public void abort(CallFailure failure) {
    if (end()) {
      outcome.failed(failure.orEarlier(earlier));
    }
  }

  private boolean end() {
    Attempt<Q, R> running;
    synchronized (this) {
      if (ended) {
        return false;
      }
      ended = true;
      running = attempt;
      if (wait != null) {
        wait.cancel(false);
      }
    }
    calls.live().end(this);
    if (running != null) {
      running.stop();
    }
    return true;
  }
}
