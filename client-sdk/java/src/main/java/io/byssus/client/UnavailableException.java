package io.byssus.client;

import io.byssus.model.ErrorCode;

/**
 * The read or administrative call could not be served before its deadline: no replica, no caught-up
 * replica, no dispatcher or no control plane was to be had. Trying again later may help.
 */
public final class UnavailableException extends ByssusClientException {
  private static final long serialVersionUID = 1L;

  UnavailableException(ErrorCode code, String message, Throwable cause) {
    super(code, message, cause);
  }
}
