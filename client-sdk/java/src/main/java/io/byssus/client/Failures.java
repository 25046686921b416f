package io.byssus.client;

import io.byssus.client.calls.CallFailure;
import io.byssus.model.ErrorCode;

/** Turns failures of attempts into the exceptions that callers see. */
final class Failures {
  private Failures() {}

  /** What a read or an administrative call fails with. */
  static ByssusClientException read(CallFailure failure, String requestId) {
    ErrorCode code = failure.code();
    String message = message(failure, requestId);
    Throwable cause = failure.cause();
    return switch (code) {
      case INVALID_REQUEST -> new InvalidRequestException(message, failure.problems(), cause);
      case NAMESPACE_NOT_FOUND -> new NamespaceNotFoundException(code, message, cause);
      case NAMESPACE_EXISTS, CLUSTER_EXISTS, NODE_ID_IN_USE ->
          new AlreadyExistsException(code, message, cause);
      case SESSION_LOST -> new SessionLostException(-1, message, cause);
      case OVERLOADED, SHARD_LAGGING -> new OverloadedException(code, message, cause);
      case DEADLINE_PASSED -> new DeadlineExceededException(code, message, cause);
      case NO_REPLICA,
          REPLICA_BEHIND,
          SHARD_NOT_HERE,
          SHUTTING_DOWN,
          NOT_LEADER,
          CONTROL_PLANE_UNAVAILABLE,
          LOG_UNAVAILABLE ->
          new UnavailableException(code, message, cause);
      default -> new RefusedException(code, message, cause);
    };
  }

  /** What a read fails with whose session or page token is of another incarnation. */
  static SessionLostException sessionLost(int shard, CallFailure failure, String requestId) {
    return new SessionLostException(shard, message(failure, requestId), failure.cause());
  }

  /** What a write fails with. */
  static ByssusClientException write(CallFailure failure, boolean maybeWritten, String requestId) {
    return maybeWritten ? indeterminate(failure, requestId) : notWritten(failure, requestId);
  }

  /** What a write fails with of which no copy was handed over. */
  static ByssusClientException notWritten(CallFailure failure, String requestId) {
    String message = message(failure, requestId);
    Throwable cause = failure.cause();
    if (failure.code() == ErrorCode.INVALID_REQUEST) {
      return new InvalidRequestException(message, failure.problems(), cause);
    }
    if (failure.code() == ErrorCode.NAMESPACE_NOT_FOUND) {
      return new NamespaceNotFoundException(failure.code(), message, cause);
    }
    ErrorCode code = failure.unreachable() ? ErrorCode.LOG_UNAVAILABLE : failure.code();
    return new NotWrittenException(code, "not written: " + message, cause);
  }

  /** What a write fails with of which a copy may be in the log. */
  static ByssusClientException indeterminate(CallFailure failure, String requestId) {
    return new IndeterminateException(
        ErrorCode.INDETERMINATE, "may be written: " + message(failure, requestId), failure.cause());
  }

  private static String message(CallFailure failure, String requestId) {
    return failure.message() + " (request " + requestId + ")";
  }
}
