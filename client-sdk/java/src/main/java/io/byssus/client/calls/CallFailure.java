package io.byssus.client.calls;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.FieldProblem;
import io.byssus.model.GrpcErrors;
import io.byssus.model.Position;
import io.byssus.proto.kv.v1.WriteResponse;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Why one attempt failed, with what the decision about the next attempt needs.
 *
 * @param code what happened
 * @param message the sentence for people
 * @param problems the fields at fault, with INVALID_REQUEST
 * @param named whether a Byssus process said so; else gRPC did
 * @param status the gRPC status code
 * @param sent whether the request may have left this process
 * @param retryDelay how long to wait at least before trying again
 * @param cause the failure as gRPC gave it; null where the SDK found it by itself
 */
public record CallFailure(
    ErrorCode code,
    String message,
    List<FieldProblem> problems,
    boolean named,
    Status.Code status,
    boolean sent,
    Duration retryDelay,
    Throwable cause) {

  private static final Set<ErrorCode> RETRYABLE =
      EnumSet.of(
          ErrorCode.LOG_UNAVAILABLE,
          ErrorCode.INDETERMINATE,
          ErrorCode.NO_REPLICA,
          ErrorCode.REPLICA_BEHIND,
          ErrorCode.SHARD_NOT_HERE,
          ErrorCode.OVERLOADED,
          ErrorCode.SHARD_LAGGING,
          ErrorCode.SHUTTING_DOWN,
          ErrorCode.CLUSTER_NOT_READY,
          ErrorCode.NOT_LEADER,
          ErrorCode.CONTROL_PLANE_UNAVAILABLE,
          // Of the attempt: its deadline is nearer than the call's.
          ErrorCode.DEADLINE_PASSED);

  /** What gRPC answers where a connection, a stream or a peer broke. */
  private static final Set<Status.Code> BROKEN =
      EnumSet.of(
          Status.Code.UNAVAILABLE,
          Status.Code.CANCELLED,
          Status.Code.DEADLINE_EXCEEDED,
          Status.Code.INTERNAL,
          Status.Code.UNKNOWN);

  /**
   * The reasons with which a dispatcher says that it has not handed this copy of a write to the
   * log. Any other answer, and silence, may hide a copy that is on its way.
   */
  private static final Set<ErrorCode> NOT_HANDED_OVER =
      EnumSet.of(
          ErrorCode.INVALID_REQUEST,
          ErrorCode.NAMESPACE_NOT_FOUND,
          ErrorCode.NAMESPACE_CHANGED,
          ErrorCode.LOG_UNAVAILABLE,
          ErrorCode.LOG_REFUSED,
          ErrorCode.WRITE_EXPIRED,
          ErrorCode.OVERLOADED,
          ErrorCode.SHARD_LAGGING,
          ErrorCode.SHUTTING_DOWN,
          ErrorCode.CLUSTER_NOT_READY,
          // Of the look for the namespace.
          ErrorCode.CONTROL_PLANE_UNAVAILABLE,
          ErrorCode.DEADLINE_PASSED);

  /**
   * A failure of one part of a call, which the answer to the whole names.
   *
   * @param reason the name of a code
   */
  public static CallFailure ofPart(String reason, String message, Duration retryDelay) {
    ErrorCode code = ErrorCode.named(reason).orElse(ErrorCode.INTERNAL_FAULT);
    Duration asked = code.retryAfter().orElse(Duration.ZERO);
    return new CallFailure(
        code,
        message,
        List.of(),
        true,
        code.status(),
        true,
        retryDelay.compareTo(asked) < 0 ? asked : retryDelay,
        null);
  }

  /** The failure that an attempt ended with. */
  public static CallFailure of(Throwable failure, boolean sent) {
    ByssusException error = GrpcErrors.fromGrpc(failure, ErrorCode.NO_REPLICA);
    boolean named = false;
    Duration retryDelay = Duration.ZERO;
    com.google.rpc.Status details = StatusProto.fromThrowable(failure);
    if (details != null) {
      for (Any detail : details.getDetailsList()) {
        named |= isOurs(detail);
        retryDelay = retryDelay.compareTo(delay(detail)) < 0 ? delay(detail) : retryDelay;
      }
    }
    return new CallFailure(
        error.code(),
        String.valueOf(error.getMessage()),
        error.problems(),
        named,
        Status.fromThrowable(failure).getCode(),
        sent,
        retryDelay,
        failure);
  }

  /** A failure that the SDK found by itself, before anything was sent. */
  public static CallFailure local(ErrorCode code, String message) {
    return new CallFailure(
        code, message, List.of(), true, code.status(), false, Duration.ZERO, null);
  }

  /** A dispatcher ended a stream, as if all were well, before its last message had come. */
  public static CallFailure endedEarly() {
    return local(ErrorCode.SHUTTING_DOWN, "the dispatcher ended the stream before its end");
  }

  /**
   * What to tell of a call whose last attempt failed so: that the deadline passed is news only
   * where no earlier attempt said why.
   *
   * @param earlier null for none
   */
  public CallFailure orEarlier(CallFailure earlier) {
    return code == ErrorCode.DEADLINE_PASSED && earlier != null ? earlier : this;
  }

  private static boolean isOurs(Any detail) {
    try {
      return detail.is(ErrorInfo.class)
          && detail.unpack(ErrorInfo.class).getDomain().equals(GrpcErrors.DOMAIN);
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  private static Duration delay(Any detail) {
    try {
      if (detail.is(RetryInfo.class)) {
        com.google.protobuf.Duration delay = detail.unpack(RetryInfo.class).getRetryDelay();
        return Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
      }
    } catch (InvalidProtocolBufferException e) {
      // A delay that cannot be read is a delay that was not asked for.
    }
    return Duration.ZERO;
  }

  /** What is wrong with an acknowledgement of a shard's write: null where nothing is. */
  public static CallFailure implausible(WriteResponse response, int expected) {
    if (response.getShard() != expected) {
      // Under another number of shards the sequence may be that of another write of this client.
      return local(
          ErrorCode.WRONG_CLUSTER,
          "shard "
              + expected
              + " was written to, and shard "
              + response.getShard()
              + " answered: this is not the cluster that the client was made for");
    }
    return Position.incarnation(response.getPosition()) == 0
        ? local(ErrorCode.INTERNAL_FAULT, "the acknowledgement has no position")
        : null;
  }

  /** Whether the same call may succeed when it is repeated. */
  public boolean retryable() {
    return named ? RETRYABLE.contains(code) : BROKEN.contains(status);
  }

  /** Whether another dispatcher may do better at once, without a wait. */
  boolean ofThisDispatcher() {
    return named ? code == ErrorCode.SHUTTING_DOWN : BROKEN.contains(status);
  }

  /** Whether the dispatcher could not be reached at all, or broke. */
  public boolean unreachable() {
    return !named && status == Status.Code.UNAVAILABLE;
  }

  /** Whether a copy of a write may be in the log, or on its way there, after this failure. */
  public boolean maybeHandedOver() {
    return named ? !NOT_HANDED_OVER.contains(code) : sent;
  }

  /** Whether what this client has learnt of the namespace, or of the dispatchers' clock, is old. */
  public boolean knowledgeIsStale() {
    return code == ErrorCode.NAMESPACE_CHANGED
        || code == ErrorCode.NAMESPACE_NOT_FOUND
        || code == ErrorCode.WRITE_EXPIRED;
  }

  /** Whether a write may succeed under another stamp; under this one it never will. */
  public boolean needsNewStamp() {
    return code == ErrorCode.NAMESPACE_CHANGED || code == ErrorCode.WRITE_EXPIRED;
  }
}
