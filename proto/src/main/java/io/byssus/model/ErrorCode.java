package io.byssus.model;

import io.byssus.proto.error.v1.ErrorReason;
import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Why a call failed, and what that means for a caller: the gRPC status that carries it, and whether
 * and when to try again. The one place that maps reasons to gRPC codes.
 */
public enum ErrorCode {
  INVALID_REQUEST(ErrorReason.INVALID_REQUEST, Status.Code.INVALID_ARGUMENT),
  NAMESPACE_NOT_FOUND(ErrorReason.NAMESPACE_NOT_FOUND, Status.Code.NOT_FOUND),
  NAMESPACE_EXISTS(ErrorReason.NAMESPACE_EXISTS, Status.Code.ALREADY_EXISTS),
  NAMESPACE_CHANGED(ErrorReason.NAMESPACE_CHANGED, Status.Code.FAILED_PRECONDITION),
  LOG_UNAVAILABLE(ErrorReason.LOG_UNAVAILABLE, Status.Code.UNAVAILABLE, 250),
  INDETERMINATE(ErrorReason.INDETERMINATE, Status.Code.UNKNOWN, 100),
  WRITE_EXPIRED(ErrorReason.WRITE_EXPIRED, Status.Code.FAILED_PRECONDITION),
  LOG_REFUSED(ErrorReason.LOG_REFUSED, Status.Code.FAILED_PRECONDITION),
  NO_REPLICA(ErrorReason.NO_REPLICA, Status.Code.UNAVAILABLE, 100),
  REPLICA_BEHIND(ErrorReason.REPLICA_BEHIND, Status.Code.UNAVAILABLE, 50),
  SHARD_NOT_HERE(ErrorReason.SHARD_NOT_HERE, Status.Code.UNAVAILABLE, 100),
  SESSION_LOST(ErrorReason.SESSION_LOST, Status.Code.FAILED_PRECONDITION),
  NOT_LEADER(ErrorReason.NOT_LEADER, Status.Code.UNAVAILABLE, 100),
  CONTROL_PLANE_UNAVAILABLE(ErrorReason.CONTROL_PLANE_UNAVAILABLE, Status.Code.UNAVAILABLE, 500),
  CLUSTER_NOT_READY(ErrorReason.CLUSTER_NOT_READY, Status.Code.FAILED_PRECONDITION, 500),
  CLUSTER_EXISTS(ErrorReason.CLUSTER_EXISTS, Status.Code.ALREADY_EXISTS),
  NODE_ID_IN_USE(ErrorReason.NODE_ID_IN_USE, Status.Code.ALREADY_EXISTS),
  OVERLOADED(ErrorReason.OVERLOADED, Status.Code.RESOURCE_EXHAUSTED, 100),
  SHUTTING_DOWN(ErrorReason.SHUTTING_DOWN, Status.Code.UNAVAILABLE, 100),
  REPLICA_HALTED(ErrorReason.REPLICA_HALTED, Status.Code.UNAVAILABLE, 1_000),
  DEADLINE_PASSED(ErrorReason.DEADLINE_PASSED, Status.Code.DEADLINE_EXCEEDED),
  INTERNAL_FAULT(ErrorReason.INTERNAL_FAULT, Status.Code.INTERNAL),
  WRONG_CLUSTER(ErrorReason.WRONG_CLUSTER, Status.Code.FAILED_PRECONDITION),
  SHARD_LAGGING(ErrorReason.SHARD_LAGGING, Status.Code.RESOURCE_EXHAUSTED, 500),
  NOT_FOUND_IN_CLUSTER(ErrorReason.NOT_FOUND_IN_CLUSTER, Status.Code.NOT_FOUND);

  private static final Map<String, ErrorCode> BY_NAME =
      Stream.of(values()).collect(Collectors.toUnmodifiableMap(ErrorCode::name, code -> code));

  private final ErrorReason reason;
  private final Status.Code status;
  private final Duration retryAfter;

  ErrorCode(ErrorReason reason, Status.Code status) {
    this(reason, status, -1);
  }

  ErrorCode(ErrorReason reason, Status.Code status, long retryAfterMillis) {
    this.reason = reason;
    this.status = status;
    this.retryAfter = retryAfterMillis < 0 ? null : Duration.ofMillis(retryAfterMillis);
  }

  /** The code of a name; empty where this version knows none. */
  public static Optional<ErrorCode> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** The reason's stable number. */
  public int number() {
    return reason.getNumber();
  }

  /** The gRPC status code that carries this error. */
  public Status.Code status() {
    return status;
  }

  /** How long to wait before trying again, where trying again may help; empty where it will not. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
