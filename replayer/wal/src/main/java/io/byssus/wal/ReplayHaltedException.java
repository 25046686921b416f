package io.byssus.wal;

/** Thrown by a {@link ReplayTarget} that cannot go on: its replay stops for good. */
public final class ReplayHaltedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final HaltReason reason;

  /** Stops the replay for a reason, with a sentence for the operator. */
  public ReplayHaltedException(HaltReason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Stops the replay for a reason, with its cause. */
  public ReplayHaltedException(HaltReason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why. */
  public HaltReason reason() {
    return reason;
  }
}
