package io.byssus.client;

import io.byssus.model.ErrorCode;

/**
 * The call was refused, and repeating it will not help: {@code CLUSTER_NOT_READY} (run {@code admin
 * init}), {@code LOG_REFUSED}, {@code WRONG_CLUSTER}, {@code REPLICA_HALTED} (an operator is
 * needed), {@code INTERNAL_FAULT} (a fault of Byssus; the message holds the request id to look for
 * in the logs), {@code NOT_FOUND_IN_CLUSTER}.
 */
public final class RefusedException extends ByssusClientException {
  private static final long serialVersionUID = 1L;

  RefusedException(ErrorCode code, String message, Throwable cause) {
    super(code, message, cause);
  }
}
