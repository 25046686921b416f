package io.byssus.client;

import io.byssus.model.ErrorCode;

/** The read or administrative call did not end before its deadline. */
public final class DeadlineExceededException extends ByssusClientException {
  private static final long serialVersionUID = 1L;

  DeadlineExceededException(ErrorCode code, String message, Throwable cause) {
    super(code, message, cause);
  }
}
