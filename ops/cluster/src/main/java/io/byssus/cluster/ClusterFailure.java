package io.byssus.cluster;

/** A cluster that could not be started or does not become ready; the message says why. */
public final class ClusterFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A failure with a sentence for people. */
  public ClusterFailure(String message) {
    super(message);
  }

  /** A failure with its cause. */
  public ClusterFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
