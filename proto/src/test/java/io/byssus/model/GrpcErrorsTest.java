package io.byssus.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.byssus.proto.error.v1.ErrorReason;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GrpcErrorsTest {
  @Test
  void everyReasonHasACodeOfItsNameAndNumber() {
    Set<String> reasons =
        Arrays.stream(ErrorReason.values())
            .filter(r -> r != ErrorReason.UNRECOGNIZED && r.getNumber() != 0)
            .map(r -> r.name() + "=" + r.getNumber())
            .collect(Collectors.toSet());
    Set<String> codes =
        Arrays.stream(ErrorCode.values())
            .map(c -> c.name() + "=" + c.number())
            .collect(Collectors.toSet());
    assertEquals(reasons, codes);
  }

  @Test
  void everyErrorCrossesTheWireWhole() {
    for (ErrorCode code : ErrorCode.values()) {
      ByssusException sent =
          new ByssusException(
              code,
              "why",
              List.of(new FieldProblem("key.partition_key", "is empty")),
              Map.of("leader", "127.0.0.1:7"),
              null);
      StatusRuntimeException wire = GrpcErrors.toGrpc(sent);
      assertEquals(code.status(), wire.getStatus().getCode());
      ByssusException received = GrpcErrors.fromGrpc(wire, ErrorCode.INTERNAL_FAULT);
      assertEquals(code, received.code());
      assertEquals("why", received.getMessage());
      assertEquals(sent.problems(), received.problems());
      assertEquals(sent.metadata(), received.metadata());
    }
  }

  @Test
  void theDetailsAreThoseOfGoogleRpc() throws Exception {
    com.google.rpc.Status status =
        StatusProto.fromThrowable(
            GrpcErrors.toGrpc(ByssusException.invalid("value", "is 9 bytes; the limit is 8")));
    ErrorInfo info = null;
    BadRequest bad = null;
    for (Any detail : status.getDetailsList()) {
      info = detail.is(ErrorInfo.class) ? detail.unpack(ErrorInfo.class) : info;
      bad = detail.is(BadRequest.class) ? detail.unpack(BadRequest.class) : bad;
    }
    assertEquals("byssus", info.getDomain());
    assertEquals("INVALID_REQUEST", info.getReason());
    assertEquals("1", info.getMetadataMap().get("number"));
    assertEquals("value", bad.getFieldViolations(0).getField());
    assertEquals("is 9 bytes; the limit is 8", bad.getFieldViolations(0).getDescription());
  }

  @Test
  void whatHelpsToRetrySaysWhen() throws Exception {
    com.google.rpc.Status status =
        StatusProto.fromThrowable(
            GrpcErrors.toGrpc(new ByssusException(ErrorCode.LOG_UNAVAILABLE, "away")));
    RetryInfo retry = null;
    for (Any detail : status.getDetailsList()) {
      retry = detail.is(RetryInfo.class) ? detail.unpack(RetryInfo.class) : retry;
    }
    assertNotNull(retry);
    assertEquals(250_000_000, retry.getRetryDelay().getNanos());
  }

  @Test
  void aFailureWithoutOurDetailsBecomesWhatACallerCanActOn() {
    assertEquals(
        ErrorCode.NO_REPLICA,
        GrpcErrors.fromGrpc(Status.UNAVAILABLE.asRuntimeException(), ErrorCode.NO_REPLICA).code());
    assertEquals(
        ErrorCode.DEADLINE_PASSED,
        GrpcErrors.fromGrpc(Status.DEADLINE_EXCEEDED.asRuntimeException(), ErrorCode.NO_REPLICA)
            .code());
    assertEquals(
        ErrorCode.INTERNAL_FAULT,
        GrpcErrors.fromGrpc(new IllegalStateException("x"), ErrorCode.NO_REPLICA).code());
  }
}
