package io.byssus.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LogEndTrackerTest {
  private static final long MILLI = 1_000_000;
  private final LogEndTracker tracker = new LogEndTracker(0, 0);

  @Test
  void itsAgeCountsFromTheQuestionWhoseAnswerItHasApplied() {
    tracker.logEnd(10, 5 * MILLI);
    assertFalse(tracker.everAtEnd());
    assertEquals(10, tracker.lagRecords());
    tracker.logEnd(20, 305 * MILLI);
    tracker.applied(10);
    assertTrue(tracker.everAtEnd());
    assertEquals(395, tracker.ageMillis(400 * MILLI));
    tracker.applied(25);
    assertEquals(95, tracker.ageMillis(400 * MILLI));
    assertEquals(0, tracker.lagRecords());
    assertEquals(25, tracker.endOffset());
  }

  @Test
  void anIdleLogThatAnswersKeepsItYoungAndOneThatDoesNotLetsItAge() {
    tracker.logEnd(0, 100 * MILLI);
    tracker.logEnd(0, 400 * MILLI);
    assertEquals(10, tracker.ageMillis(410 * MILLI));
    assertEquals(10_000, tracker.ageMillis(10_400 * MILLI));
  }

  @Test
  void answersThatAreNeverReachedDoNotPileUp() {
    for (int i = 0; i < 10_000; i++) {
      tracker.logEnd(1_000 + i, i * MILLI);
    }
    tracker.applied(1_000);
    assertTrue(tracker.everAtEnd());
  }
}
