package io.byssus.process;

import java.io.IOException;

/** A data directory is held by another process, or by another part of this one. */
public final class DirectoryInUseException extends IOException {
  private static final long serialVersionUID = 1L;

  DirectoryInUseException(String message) {
    super(message);
  }
}
