package io.byssus.model;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Carries {@link ByssusException}s over gRPC with the details of {@code google.rpc}, and back. */
public final class GrpcErrors {
  /** The domain of every {@code google.rpc.ErrorInfo}. */
  public static final String DOMAIN = "byssus";

  private static final String NUMBER = "number";

  private GrpcErrors() {}

  /** The gRPC form of an error, to be sent to a caller. */
  public static StatusRuntimeException toGrpc(ByssusException error) {
    ErrorCode code = error.code();
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder()
            .setCode(code.status().value())
            .setMessage(error.getMessage())
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setDomain(DOMAIN)
                        .setReason(code.name())
                        .putAllMetadata(error.metadata())
                        .putMetadata(NUMBER, Integer.toString(code.number()))
                        .build()));
    code.retryAfter()
        .ifPresent(
            delay ->
                status.addDetails(
                    Any.pack(RetryInfo.newBuilder().setRetryDelay(toProto(delay)).build())));
    if (!error.problems().isEmpty()) {
      BadRequest.Builder bad = BadRequest.newBuilder();
      for (FieldProblem problem : error.problems()) {
        bad.addFieldViolationsBuilder().setField(problem.field()).setDescription(problem.problem());
      }
      status.addDetails(Any.pack(bad.build()));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }

  /**
   * The error that a failed call stands for. A gRPC failure without Byssus' details (the peer was
   * not reached, or is no Byssus process) becomes the code that a caller can act on: {@code
   * whenUnreachable} for UNAVAILABLE, {@link ErrorCode#DEADLINE_PASSED}, {@link
   * ErrorCode#OVERLOADED}, else {@link ErrorCode#INTERNAL_FAULT}.
   */
  public static ByssusException fromGrpc(Throwable failure, ErrorCode whenUnreachable) {
    if (failure instanceof ByssusException error) {
      return error;
    }
    com.google.rpc.Status status = StatusProto.fromThrowable(failure);
    if (status == null) {
      return new ByssusException(ErrorCode.INTERNAL_FAULT, String.valueOf(failure), failure);
    }
    try {
      ErrorInfo info = null;
      List<FieldProblem> problems = new ArrayList<>();
      for (Any detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          info = detail.unpack(ErrorInfo.class);
        } else if (detail.is(BadRequest.class)) {
          detail
              .unpack(BadRequest.class)
              .getFieldViolationsList()
              .forEach(v -> problems.add(new FieldProblem(v.getField(), v.getDescription())));
        }
      }
      ErrorCode code = info == null ? null : codeOf(info);
      if (code != null) {
        Map<String, String> metadata = new HashMap<>(info.getMetadataMap());
        metadata.remove(NUMBER);
        return new ByssusException(code, status.getMessage(), problems, metadata, failure);
      }
    } catch (InvalidProtocolBufferException e) {
      failure.addSuppressed(e);
    }
    return new ByssusException(
        withoutDetails(status.getCode(), whenUnreachable),
        String.valueOf(failure.getMessage()),
        failure);
  }

  private static ErrorCode codeOf(ErrorInfo info) {
    if (!info.getDomain().equals(DOMAIN)) {
      return null;
    }
    return ErrorCode.named(info.getReason()).orElse(null);
  }

  private static ErrorCode withoutDetails(int grpcCode, ErrorCode whenUnreachable) {
    Status.Code code = Status.fromCodeValue(grpcCode).getCode();
    return switch (code) {
      case UNAVAILABLE -> whenUnreachable;
      case DEADLINE_EXCEEDED, CANCELLED -> ErrorCode.DEADLINE_PASSED;
      case RESOURCE_EXHAUSTED -> ErrorCode.OVERLOADED;
      default -> ErrorCode.INTERNAL_FAULT;
    };
  }

  private static com.google.protobuf.Duration toProto(Duration delay) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(delay.getSeconds())
        .setNanos(delay.getNano())
        .build();
  }
}
