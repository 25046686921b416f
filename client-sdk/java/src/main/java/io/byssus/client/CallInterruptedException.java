package io.byssus.client;

import io.byssus.model.ErrorCode;

/**
 * The calling thread was interrupted while it waited for a read; the read was given up. The
 * thread's interrupt mark is set again. A write that is interrupted while it waits fails with
 * {@link IndeterminateException}, because it goes on.
 */
public final class CallInterruptedException extends ByssusClientException {
  private static final long serialVersionUID = 1L;

  CallInterruptedException(ErrorCode code, String message, Throwable cause) {
    super(code, message, cause);
  }
}
