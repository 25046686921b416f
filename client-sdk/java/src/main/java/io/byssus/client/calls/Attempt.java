package io.byssus.client.calls;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;

/**
 * One call on one dispatcher, once: the single place that talks gRPC. Knows whether the request may
 * have left this process, which gRPC's status alone does not tell: an attempt that was never given
 * to a live connection has certainly not reached anybody.
 */
public final class Attempt<Q, R> {
  /** How many messages a unary call asks for: the second would be a breach of protocol. */
  public static final int UNARY = 2;

  /** How many answers of a stream of writes may be on their way: each asks for the next. */
  private static final int STREAM_AHEAD = 4;

  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private enum State {
    NEW,
    STARTING,
    STARTED,
    STOPPED,
    ENDED
  }

  private final Dispatcher dispatcher;
  private final MethodDescriptor<Q, R> method;
  private final Listener<R> listener;

  /** Whether a live connection was given the request, or may be. */
  private volatile boolean sent;

  // Guarded by this.
  private State state = State.NEW;
  private ClientCall<Q, R> call;

  /** Takes what comes of an attempt, on a thread of the connection: must not block. */
  public interface Listener<R> {
    void message(R message);

    /**
     * The attempt is over, once, after any messages; {@code failure} is null where it succeeded.
     */
    void ended(CallFailure failure);

    /** A stream of requests may take more; see {@link Attempt#isReady()}. */
    default void ready() {}
  }

  public Attempt(Dispatcher dispatcher, MethodDescriptor<Q, R> method, Listener<R> listener) {
    this.dispatcher = dispatcher;
    this.method = method;
    this.listener = listener;
  }

  /**
   * Opens a stream of requests and answers that lasts until it is stopped or breaks, unless the
   * attempt was stopped before; then nothing comes of it.
   *
   * @param first the request that opens it
   */
  public void openStream(Q first, CallTag tag) {
    begin(first, tag, Durations.MAX.toNanos(), STREAM_AHEAD, false);
  }

  /**
   * Sends the request, unless the attempt was stopped before; then nothing comes of it.
   *
   * @param deadlineNanos when the attempt ends itself, on the clock of {@code nowNanos}
   * @param messages how many answers may come before more are asked for with {@link #request}
   */
  public void start(Q request, CallTag tag, long nowNanos, long deadlineNanos, int messages) {
    begin(request, tag, deadlineNanos - nowNanos, messages, true);
  }

  private void begin(Q request, CallTag tag, long allowedNanos, int messages, boolean only) {
    synchronized (this) {
      if (state != State.NEW) {
        return;
      }
      state = State.STARTING;
    }
    CallOptions options =
        CallOptions.DEFAULT
            .withDeadlineAfter(Math.max(1, allowedNanos), TimeUnit.NANOSECONDS)
            .withStreamTracerFactory(new Tracing());
    ClientCall<Q, R> starting;
    // A call belongs to the caller's thread only until it returns: its retries run on threads that
    // know nothing of the caller's gRPC context, so no attempt depends on that context.
    Context caller = Context.ROOT.attach();
    try {
      starting = dispatcher.channel().newCall(method, options);
      synchronized (this) {
        call = starting;
      }
      starting.start(new Receiving(allowedNanos), tag.headers());
      starting.sendMessage(request);
      if (only) {
        starting.halfClose();
      }
      starting.request(messages);
    } finally {
      Context.ROOT.detach(caller);
    }
    synchronized (this) {
      if (state == State.STARTING) {
        state = State.STARTED;
      }
      if (state != State.STOPPED) {
        return;
      }
    }
    starting.cancel("the call has ended", null);
  }

  /** Sends another request of an open stream. For one thread at a time. */
  public void send(Q request) {
    running().sendMessage(request);
  }

  /** Whether an open stream takes more requests without piling them up. */
  public boolean isReady() {
    return running().isReady();
  }

  /** Asks for more answers of a stream that has answered. */
  public void request(int messages) {
    running().request(messages);
  }

  private synchronized ClientCall<Q, R> running() {
    return call;
  }

  /**
   * Ends the attempt. What has left this process may still be carried out.
   *
   * @return whether anything may have left this process, now or earlier
   */
  public boolean stop() {
    ClientCall<Q, R> running;
    synchronized (this) {
      // Between the states it is being sent by another thread: it may have left.
      sent |= state == State.STARTING;
      // What has ended is not cancelled: gRPC would reset a stream that is not there any more.
      running = state == State.STARTED ? call : null;
      state = state == State.ENDED ? State.ENDED : State.STOPPED;
    }
    if (running != null) {
      // First this, then the look at `sent`: a request that waits for a connection when it is
      // cancelled is never given to one.
      running.cancel("the call has ended", null);
    }
    return sent;
  }

  /** Whether it was stopped before it ended by itself. */
  private synchronized boolean end() {
    boolean stopped = state == State.STOPPED;
    state = State.ENDED;
    return stopped;
  }

  private final class Tracing extends ClientStreamTracer.Factory {
    @Override
    public ClientStreamTracer newClientStreamTracer(
        ClientStreamTracer.StreamInfo info, Metadata headers) {
      return new ClientStreamTracer() {
        // Not outboundHeaders(): that is not called for a stream that was cancelled between its
        // writing and the report of it, and such a request does reach the other side.
        @Override
        public void streamCreated(Attributes transport, Metadata headers) {
          sent = true;
        }
      };
    }
  }

  private final class Receiving extends ClientCall.Listener<R> {
    private final long allowedNanos;

    /**
     * @param allowedNanos how long the attempt may take
     */
    Receiving(long allowedNanos) {
      this.allowedNanos = allowedNanos;
    }

    @Override
    public void onMessage(R message) {
      dispatcher.succeeded();
      listener.message(message);
    }

    @Override
    public void onReady() {
      listener.ready();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      boolean stopped = end();
      if (status.isOk()) {
        listener.ended(null);
        return;
      }
      CallFailure failure = CallFailure.of(status.asRuntimeException(trailers), sent);
      // Silence speaks against a dispatcher only where it had time to answer.
      if (!stopped
          && failure.ofThisDispatcher()
          && (status.getCode() != Status.Code.DEADLINE_EXCEEDED || allowedNanos >= SILENCE_NANOS)) {
        dispatcher.failed(failure);
      }
      listener.ended(failure);
    }
  }
}
