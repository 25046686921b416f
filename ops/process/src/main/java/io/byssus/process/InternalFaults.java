package io.byssus.process;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What callers are told of failures: a {@link ByssusException} speaks for itself. Anything else is
 * a fault of ours: it is logged once, with the request's id, and the caller is told INTERNAL_FAULT
 * and that id, and nothing of the inside.
 */
public final class InternalFaults {
  private static final Logger log = LoggerFactory.getLogger(InternalFaults.class);

  private InternalFaults() {}

  /** What the caller of a method is told of the failure of the request at hand. */
  public static ByssusException tell(Throwable raw, String method) {
    Throwable failure = unwrap(raw);
    if (failure instanceof ByssusException error && error.code() != ErrorCode.INTERNAL_FAULT) {
      return error;
    }
    log.error("call failed method={}", method, failure);
    return new ByssusException(
        ErrorCode.INTERNAL_FAULT,
        "internal error, see request id " + RequestId.current().orElse("(none)"));
  }

  /** What made a future fail, out of what a future that hangs on it says. */
  static Throwable unwrap(Throwable failure) {
    boolean wrapper =
        failure instanceof CompletionException || failure instanceof ExecutionException;
    return wrapper && failure.getCause() != null ? unwrap(failure.getCause()) : failure;
  }
}
