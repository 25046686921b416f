package io.byssus.client;

import io.byssus.model.ErrorCode;

/**
 * The read or administrative call was refused for load until its deadline. Send less, or try again
 * later.
 */
public final class OverloadedException extends ByssusClientException {
  private static final long serialVersionUID = 1L;

  OverloadedException(ErrorCode code, String message, Throwable cause) {
    super(code, message, cause);
  }
}
