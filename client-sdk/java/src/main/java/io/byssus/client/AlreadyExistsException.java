package io.byssus.client;

import io.byssus.model.ErrorCode;

/** What was to be created exists: a namespace of this name, or a cluster with other settings. */
public final class AlreadyExistsException extends ByssusClientException {
  private static final long serialVersionUID = 1L;

  AlreadyExistsException(ErrorCode code, String message, Throwable cause) {
    super(code, message, cause);
  }
}
