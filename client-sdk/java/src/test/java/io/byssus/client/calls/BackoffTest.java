package io.byssus.client.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.client.Seeds;
import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.grpc.Status;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class BackoffTest {
  private static final Backoff.Waits WAITS =
      new Backoff.Waits(TimeUnit.MILLISECONDS.toNanos(10), TimeUnit.MILLISECONDS.toNanos(400));

  private static final CallFailure UNREACHABLE =
      CallFailure.of(Status.UNAVAILABLE.asRuntimeException(), false);

  private final Random random = new Random(Seeds.next());

  private static CallFailure named(ErrorCode code) {
    return CallFailure.of(GrpcErrors.toGrpc(new ByssusException(code, "test")), true);
  }

  private static void assertBetween(long lowMillis, long highMillis, long nanos) {
    long micros = nanos / 1_000;
    assertTrue(
        micros >= lowMillis * 1_000 && micros <= highMillis * 1_000, micros + " microseconds");
  }

  @Test
  void theWaitDoublesUpToItsBoundAndIsShortenedByHalfAtMost() {
    Backoff backoff = new Backoff(WAITS, 1, random);
    CallFailure failure = CallFailure.local(ErrorCode.NO_REPLICA, "test");
    for (long wait = 10; wait < 400; wait *= 2) {
      assertBetween(wait / 2, wait, backoff.next(failure));
    }
    for (int i = 0; i < 100; i++) {
      assertBetween(200, 400, backoff.next(failure));
    }
  }

  @Test
  void itIsNeverShorterThanTheDispatcherAsked() {
    Backoff backoff = new Backoff(WAITS, 1, random);
    assertBetween(500, 625, backoff.next(named(ErrorCode.SHARD_LAGGING)));
    assertBetween(250, 313, backoff.next(named(ErrorCode.LOG_UNAVAILABLE)));
  }

  @Test
  void theOtherDispatchersAreTriedWithoutAWait() {
    Backoff backoff = new Backoff(WAITS, 3, random);
    assertEquals(0, backoff.next(UNREACHABLE));
    assertEquals(0, backoff.next(named(ErrorCode.SHUTTING_DOWN)));
    assertBetween(5, 10, backoff.next(UNREACHABLE));
    assertBetween(10, 20, backoff.next(UNREACHABLE));
  }
}
