package io.byssus.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.client.calls.CallFailure;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.FieldProblem;
import io.byssus.model.GrpcErrors;
import io.grpc.Status;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CallFailureTest {
  private static CallFailure named(ErrorCode code) {
    return CallFailure.of(GrpcErrors.toGrpc(new ByssusException(code, "test")), true);
  }

  @Test
  void onlyWhatSaysSoMeansThatNoCopyWasHandedOver() {
    Set<ErrorCode> maybe = EnumSet.noneOf(ErrorCode.class);
    for (ErrorCode code : ErrorCode.values()) {
      if (named(code).maybeHandedOver()) {
        maybe.add(code);
      }
    }
    assertTrue(
        maybe.containsAll(
            List.of(
                ErrorCode.INDETERMINATE,
                ErrorCode.INTERNAL_FAULT,
                ErrorCode.REPLICA_BEHIND,
                ErrorCode.NO_REPLICA)));
    for (ErrorCode code :
        List.of(
            ErrorCode.LOG_UNAVAILABLE,
            ErrorCode.WRITE_EXPIRED,
            ErrorCode.SHARD_LAGGING,
            ErrorCode.INVALID_REQUEST,
            ErrorCode.NAMESPACE_CHANGED)) {
      assertFalse(maybe.contains(code), code.name());
    }
  }

  @Test
  void withoutANameItDependsOnWhetherTheRequestLeft() {
    for (Status.Code code :
        List.of(Status.Code.UNAVAILABLE, Status.Code.CANCELLED, Status.Code.DEADLINE_EXCEEDED)) {
      assertTrue(CallFailure.of(code.toStatus().asRuntimeException(), true).maybeHandedOver());
      assertFalse(CallFailure.of(code.toStatus().asRuntimeException(), false).maybeHandedOver());
    }
  }

  @Test
  void permanentReasonsAreNotRepeated() {
    for (ErrorCode code :
        List.of(
            ErrorCode.INVALID_REQUEST,
            ErrorCode.NAMESPACE_NOT_FOUND,
            ErrorCode.LOG_REFUSED,
            ErrorCode.SESSION_LOST,
            ErrorCode.WRONG_CLUSTER,
            ErrorCode.INTERNAL_FAULT)) {
      assertFalse(named(code).retryable(), code.name());
    }
    assertFalse(CallFailure.of(Status.UNIMPLEMENTED.asRuntimeException(), true).retryable());
    assertTrue(named(ErrorCode.INDETERMINATE).retryable());
  }

  @Test
  void theDelayAndTheFieldsAtFaultAreRead() {
    assertEquals(Duration.ofMillis(250), named(ErrorCode.LOG_UNAVAILABLE).retryDelay());
    CallFailure invalid =
        CallFailure.of(GrpcErrors.toGrpc(ByssusException.invalid("value", "is too large")), true);
    assertEquals(List.of(new FieldProblem("value", "is too large")), invalid.problems());
    InvalidRequestException e = (InvalidRequestException) Failures.notWritten(invalid, "id");
    assertEquals(invalid.problems(), e.problems());
  }
}
