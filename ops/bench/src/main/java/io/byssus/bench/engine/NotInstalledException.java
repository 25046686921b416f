package io.byssus.bench.engine;

/** A contender that cannot be measured here, because this machine does not have it. */
public final class NotInstalledException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is missing, for people. */
  public NotInstalledException(String message) {
    super(message);
  }
}
