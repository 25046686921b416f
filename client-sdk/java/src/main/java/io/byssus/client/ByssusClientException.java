package io.byssus.client;

import io.byssus.model.ErrorCode;

/**
 * A call that failed. The subclass says what the caller can do, {@link #code()} says what happened.
 *
 * <p>A <em>write</em> fails with exactly one of these, and which one tells whether it took effect:
 *
 * <table>
 *   <caption>What became of a failed write</caption>
 *   <tr><td>{@link InvalidRequestException}</td><td>not written; mend the request</td></tr>
 *   <tr><td>{@link NamespaceNotFoundException}</td><td>not written; create the namespace</td></tr>
 *   <tr><td>{@link NotWrittenException}</td><td>certainly not written; may be repeated</td></tr>
 *   <tr><td>{@link IndeterminateException}</td><td>may be written, now or within minutes</td></tr>
 * </table>
 *
 * <p>A <em>read</em> or an administrative call fails with any of the others. The SDK has by then
 * repeated what was worth repeating, until the call's deadline; repeating at once by hand is seldom
 * better.
 *
 * <p>All are unchecked. Asynchronous forms complete their future with them; {@code join()} and
 * {@code get()} wrap them as usual. Using a client after it was closed is an {@link
 * IllegalStateException}.
 */
public abstract sealed class ByssusClientException extends RuntimeException
    permits InvalidRequestException,
        NamespaceNotFoundException,
        AlreadyExistsException,
        NotWrittenException,
        IndeterminateException,
        SessionLostException,
        UnavailableException,
        OverloadedException,
        DeadlineExceededException,
        CallInterruptedException,
        RefusedException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  ByssusClientException(ErrorCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** What happened: the stable reason that the cluster gave, or the one that the SDK found. */
  public ErrorCode code() {
    return code;
  }
}
