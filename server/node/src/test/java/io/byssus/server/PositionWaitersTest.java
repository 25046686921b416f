package io.byssus.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Position;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class PositionWaitersTest {
  private int begun;
  private final PositionWaiters waiters = new PositionWaiters(() -> begun++);

  @Test
  void whoWaitsIsToldWhenThePositionIsReachedAndNotBefore() {
    waiters.reached(Position.pack(1, 10));
    assertTrue(waiters.await(Position.NONE).isDone());
    assertTrue(waiters.await(Position.pack(1, 10)).isDone());
    CompletableFuture<Void> next = waiters.await(Position.pack(1, 11));
    CompletableFuture<Void> later = waiters.await(Position.pack(1, 20));
    CompletableFuture<Void> nextLife = waiters.await(Position.pack(40_000, 0));
    waiters.reached(Position.pack(1, 15));
    assertTrue(next.isDone());
    assertFalse(later.isDone());
    waiters.reached(Position.pack(39_999, 100));
    assertTrue(later.isDone());
    assertFalse(nextLife.isDone());
  }

  @Test
  void whoBeginsToWaitWhereNobodyHasIsTold() {
    assertFalse(waiters.any());
    waiters.await(Position.NONE);
    assertEquals(0, begun, "it does not wait");
    waiters.await(Position.pack(1, 1));
    waiters.await(Position.pack(1, 2));
    assertTrue(waiters.any());
    assertEquals(1, begun);
    waiters.reached(Position.pack(1, 2));
    assertFalse(waiters.any());
    CompletableFuture<Void> last = waiters.await(Position.pack(1, 3));
    assertEquals(2, begun);
    waiters.forget(Position.pack(1, 3), last);
    assertFalse(waiters.any());
  }

  @Test
  void whenTheReplicaEndsAllWhoWaitHearWhy() {
    CompletableFuture<Void> waiting = waiters.await(Position.pack(1, 5));
    waiters.end(new ByssusException(ErrorCode.REPLICA_HALTED, "halted"));
    CompletionException failure = assertThrows(CompletionException.class, waiting::join);
    assertEquals(ErrorCode.REPLICA_HALTED, ((ByssusException) failure.getCause()).code());
    assertTrue(waiters.await(Position.pack(1, 6)).isCompletedExceptionally());
    assertTrue(waiters.await(Position.NONE).isDone(), "what is reached stays readable");
  }

  @Test
  void theyAreBoundedAndWhoLeavesMakesRoom() {
    CompletableFuture<Void> first = waiters.await(Position.pack(1, 1));
    for (int i = 1; i < PositionWaiters.MAX_WAITING; i++) {
      waiters.await(Position.pack(1, 1 + i % 7));
    }
    ByssusException full =
        assertThrows(ByssusException.class, () -> waiters.await(Position.pack(1, 9)));
    assertEquals(ErrorCode.OVERLOADED, full.code());
    waiters.forget(Position.pack(1, 1), first);
    waiters.forget(Position.pack(1, 1), first);
    waiters.await(Position.pack(1, 9));
    assertThrows(ByssusException.class, () -> waiters.await(Position.pack(1, 9)));
  }
}
