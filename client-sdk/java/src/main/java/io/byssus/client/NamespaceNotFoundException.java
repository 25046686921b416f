package io.byssus.client;

import io.byssus.model.ErrorCode;

/**
 * There is no namespace of this name. Nothing was read or written. Create the namespace, or mend
 * the name.
 */
public final class NamespaceNotFoundException extends ByssusClientException {
  private static final long serialVersionUID = 1L;

  NamespaceNotFoundException(ErrorCode code, String message, Throwable cause) {
    super(code, message, cause);
  }
}
