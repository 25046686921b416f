package io.byssus.controlplane.node;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this member has halted, and why. A halted member takes part in nothing any more, says so
 * in its health and refuses every call; only an operator ends that. The first reason stands.
 */
final class HaltSwitch {
  private static final Logger log = LoggerFactory.getLogger(HaltSwitch.class);

  private final AtomicReference<Halted> halted = new AtomicReference<>();

  /** The state of a halted member. */
  record Halted(HaltReason reason, String message) {
    @Override
    public String toString() {
      return reason + ": " + message;
    }
  }

  /** Halts the member. Never throws. */
  void halt(HaltReason reason, String message, Throwable cause) {
    Halted state = new Halted(reason, message);
    if (!halted.compareAndSet(null, state)) {
      log.warn("A halted member failed again: reason={} message={}", reason, message, cause);
      return;
    }
    log.error("The member has halted: reason={} message={}", reason, message, cause);
  }

  Optional<Halted> state() {
    return Optional.ofNullable(halted.get());
  }

  /**
   * Passes while the member has not halted.
   *
   * @throws ByssusException {@link ErrorCode#CONTROL_PLANE_UNAVAILABLE} with the reason
   */
  void check() {
    Halted state = halted.get();
    if (state != null) {
      throw new ByssusException(
          ErrorCode.CONTROL_PLANE_UNAVAILABLE, "this member has halted: " + state);
    }
  }
}
