package io.byssus.client;

import io.byssus.model.ErrorCode;

/**
 * The write is certainly not written and never will be: no copy of it was handed to the log, or the
 * only one came too late to take effect.
 *
 * <p>It may be repeated as a new write whenever the caller likes. {@link #code()} tells why it
 * failed: {@code LOG_UNAVAILABLE} (also where no dispatcher could be reached), {@code OVERLOADED}
 * (also where the client itself has as many writes open as it may), {@code SHARD_LAGGING}, {@code
 * DEADLINE_PASSED}, {@code SHUTTING_DOWN} (the client was closed), {@code LOG_REFUSED} (an operator
 * is needed), {@code WRITE_EXPIRED} and others.
 */
public final class NotWrittenException extends ByssusClientException {
  private static final long serialVersionUID = 1L;

  NotWrittenException(ErrorCode code, String message, Throwable cause) {
    super(code, message, cause);
  }
}
