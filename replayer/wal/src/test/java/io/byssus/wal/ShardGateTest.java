package io.byssus.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import org.junit.jupiter.api.Test;

class ShardGateTest {
  private static final int MAX_BYTES = 1 << 20;
  private static final long SECOND = 1_000_000_000L;
  private final ShardGate gate = new ShardGate(0, MAX_BYTES);

  private ErrorCode refusal(long now) {
    return assertThrows(ByssusException.class, () -> gate.enter(1, now)).code();
  }

  @Test
  void itIsShutUntilTheLogHasBeenSeen() {
    assertEquals(ErrorCode.LOG_UNAVAILABLE, refusal(0));
    gate.seenOurs(0, gate.known(), 0);
    gate.enter(1, 0);
  }

  @Test
  void itShutsWhileTheOldestIsUnansweredForTwoSecondsAndAProbeOpensIt() {
    gate.seenOurs(0, gate.known(), 0);
    ShardGate.HandOver first = gate.enter(1, 0);
    gate.acknowledged(gate.enter(1, SECOND), 0);
    gate.enter(1, 2 * SECOND);
    assertEquals(ErrorCode.LOG_UNAVAILABLE, refusal(2 * SECOND + 1));
    gate.seenOurs(1, gate.known(), 2 * SECOND + 2);
    assertEquals(ErrorCode.LOG_UNAVAILABLE, refusal(2 * SECOND + 3), "the oldest still waits");
    gate.failed(first);
    assertEquals(ErrorCode.LOG_UNAVAILABLE, refusal(2 * SECOND + 4), "nobody has looked yet");
    gate.seenOurs(1, gate.known(), 2 * SECOND + 5);
    gate.enter(1, 2 * SECOND + 6);
  }

  @Test
  void itIsBoundedInRecordsAndBytes() {
    gate.seenOurs(0, gate.known(), 0);
    for (int i = 0; i < ShardGate.MAX_RECORDS_IN_FLIGHT; i++) {
      gate.enter(1, 0);
    }
    assertEquals(ErrorCode.LOG_UNAVAILABLE, refusal(0));
    ShardGate other = new ShardGate(1, MAX_BYTES);
    other.seenOurs(0, -1, 0);
    ShardGate.HandOver large = other.enter(MAX_BYTES, 0);
    assertThrows(ByssusException.class, () -> other.enter(1, 0));
    other.failed(large);
    other.enter(1, 0);
  }

  @Test
  void aLogThatGivesAnOffsetTwiceHasLostRecordsAndIsRefusedForGood() {
    gate.seenOurs(0, -1, 0);
    assertTrue(gate.acknowledged(gate.enter(1, 0), 41));
    assertFalse(gate.acknowledged(gate.enter(1, 0), 3));
    assertEquals(ErrorCode.LOG_REFUSED, refusal(0));
    gate.seenOurs(100, 41, 0);
    assertEquals(ErrorCode.LOG_REFUSED, refusal(0));
  }

  @Test
  void aLogThatWasSeenToHoldAnOffsetDoesNotGiveItToANewRecord() {
    gate.seenOurs(50, -1, 0);
    assertFalse(gate.acknowledged(gate.enter(1, 0), 0));
    assertEquals(ErrorCode.LOG_REFUSED, refusal(0));
  }

  @Test
  void answersThatComeInAnotherOrderThanTheRecordsWentAreBelieved() {
    gate.seenOurs(10, -1, 0);
    ShardGate.HandOver first = gate.enter(1, 0);
    ShardGate.HandOver second = gate.enter(1, 0);
    assertTrue(gate.acknowledged(second, 11));
    assertTrue(gate.acknowledged(first, 10));
  }

  @Test
  void aLogThatTwiceEndsBeforeWhatItWasKnownToHoldIsRefusedForGood() {
    gate.seenOurs(0, -1, 0);
    gate.acknowledged(gate.enter(1, 0), 41);
    gate.seenOurs(41, 41, 0);
    assertEquals(ErrorCode.LOG_UNAVAILABLE, refusal(0), "an old answer, perhaps");
    gate.seenOurs(42, 41, 0);
    gate.enter(1, 0);
    gate.seenOurs(41, 41, 0);
    gate.seenOurs(41, 41, 0);
    assertEquals(ErrorCode.LOG_REFUSED, refusal(0));
    gate.seenOurs(100, 41, 0);
    assertEquals(ErrorCode.LOG_REFUSED, refusal(0));
  }

  @Test
  void whatIsAcknowledgedDuringALookNeedNotBeSeenByIt() {
    gate.seenOurs(0, -1, 0);
    gate.acknowledged(gate.enter(1, 0), 41);
    long before = gate.known();
    gate.acknowledged(gate.enter(1, 0), 42);
    gate.seenOurs(42, before, 0);
    gate.enter(1, 0);
  }

  @Test
  void aLogThatIsNotOursIsRefused() {
    gate.seenOurs(0, gate.known(), 0);
    gate.seenNotOurs("it is another");
    assertEquals(ErrorCode.LOG_REFUSED, refusal(0));
    assertTrue(gate.needsProbe(0));
  }
}
