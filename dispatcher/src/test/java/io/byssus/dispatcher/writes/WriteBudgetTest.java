package io.byssus.dispatcher.writes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Limits;
import org.junit.jupiter.api.Test;

/** The bound on the memory of writes in hand. */
class WriteBudgetTest {
  private static final long MAX = 100L * 1024 * 1024;

  private final WriteBudget budget = new WriteBudget(MAX);

  @Test
  void aWriteThatFindsNoRoomIsRefusedAndTakesNone() {
    budget.take(MAX - 10);
    assertEquals(
        ErrorCode.OVERLOADED, assertThrows(ByssusException.class, () -> budget.take(11)).code());
    budget.take(10);
    assertEquals(MAX, budget.inHand());
  }

  @Test
  void whatIsGivenBackCanBeTakenAgain() {
    budget.take(MAX);
    budget.giveBack(MAX);
    budget.take(MAX);
    assertEquals(MAX, budget.inHand());
  }

  @Test
  void theLargestBatchFitsHoweverSmallTheHeap() {
    new WriteBudget(1).take(Limits.MAX_LOG_RECORD_BYTES);
  }
}
