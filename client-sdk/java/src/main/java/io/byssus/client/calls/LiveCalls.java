package io.byssus.client.calls;

import io.byssus.model.ErrorCode;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The calls of a client that have not ended, so that closing the client ends every one of them:
 * none may wait for a timer or a connection that is gone.
 */
public final class LiveCalls {
  private final Set<Call> live = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** A call that can be ended from outside. */
  public interface Call {
    /** Ends the call with this failure, unless it has ended. */
    void abort(CallFailure failure);
  }

  /** Notes a call that begins; aborts it at once where the client is closed. */
  public void begin(Call call) {
    live.add(call);
    if (closed) {
      call.abort(clientClosed());
    }
  }

  public void end(Call call) {
    live.remove(call);
  }

  /** Aborts every call, and from then on each that begins. */
  public void close() {
    closed = true;
    live.forEach(call -> call.abort(clientClosed()));
  }

  /** Whether no call may send anything any more. */
  public boolean isClosed() {
    return closed;
  }

  public static CallFailure clientClosed() {
    return CallFailure.local(ErrorCode.SHUTTING_DOWN, "the client was closed");
  }
}
