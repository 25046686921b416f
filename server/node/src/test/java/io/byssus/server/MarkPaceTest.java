package io.byssus.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.testkit.Seed;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MarkPaceTest {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final OptionalLong NONE = OptionalLong.empty();
  private static final OptionalLong NEED = OptionalLong.of(7);

  @Test
  void aNeedIsMetWithinHalfASecondAndThenOnceASecond() {
    RandomGenerator random = Seed.of("MarkPaceTest").random();
    for (int run = 0; run < 100; run++) {
      MarkPace pace = new MarkPace(random);
      long start = random.nextLong();
      long first = -1;
      int marks = 0;
      for (long at = 0; at <= 5_000; at += 100) {
        if (pace.isTime(NEED, start + at * MILLI)) {
          first = first < 0 ? at : first;
          marks++;
        }
      }
      assertTrue(first >= 0 && first <= 500, "first after " + first + " ms");
      assertEquals(5, marks, "in 5 s, the first " + first + " ms after the start");
    }
  }

  @Test
  void aNeedThatIsGoneBeforeItsTimeIsNotMet() {
    MarkPace pace = new MarkPace(waiting(MarkPace.MOST_JITTER_NANOS));
    assertFalse(pace.isTime(NEED, 0));
    assertFalse(pace.isTime(NEED, 499 * MILLI));
    assertFalse(pace.isTime(NONE, 500 * MILLI));
    assertFalse(pace.isTime(NEED, 600 * MILLI), "another need waits anew");
    assertFalse(pace.isTime(NEED, 1_499 * MILLI), "and longer, since somebody met the first");
    assertTrue(pace.isTime(NEED, 1_500 * MILLI));
  }

  @Test
  void needsThatFollowOneAnotherAreASecondApart() {
    MarkPace pace = new MarkPace(waiting(0));
    assertTrue(pace.isTime(NEED, 0));
    assertFalse(pace.isTime(NONE, 10 * MILLI));
    assertFalse(pace.isTime(NEED, 20 * MILLI));
    assertFalse(pace.isTime(NEED, 999 * MILLI));
    assertTrue(pace.isTime(NEED, 1_000 * MILLI));
  }

  @Test
  void needsThatComeThickAndFastAreMetByAllReplicasTogetherAndSoonEnough() {
    RandomGenerator random = Seed.of("MarkPaceTest").random();
    List<MarkPace> replicas = Stream.generate(() -> new MarkPace(random)).limit(3).toList();
    long metUntil = 0;
    int marks = 0;
    long latest = 0;
    for (long at = 0; at <= 60_000; at += 10) {
      // Something ends at each millisecond, and each replica looks ten times a second.
      if (at % 100 < 30 && metUntil < at) {
        MarkPace looking = replicas.get((int) (at % 100 / 10));
        if (looking.isTime(OptionalLong.of(metUntil + 1), at * MILLI)) {
          latest = Math.max(latest, at - metUntil);
          metUntil = at;
          marks++;
        }
      }
    }
    assertTrue(marks <= 60_000 / 500, marks + " marks in a minute, one for all: not one of each");
    assertTrue(latest <= 1_100, "a need stayed for " + latest + " ms");
  }

  @Test
  void aNeedThatHasChangedIsWaitedWithAnew() {
    MarkPace pace = new MarkPace(waiting(MarkPace.MOST_JITTER_NANOS));
    assertFalse(pace.isTime(NEED, 0));
    assertFalse(pace.isTime(OptionalLong.of(8), 400 * MILLI));
    assertFalse(pace.isTime(OptionalLong.of(8), 1_399 * MILLI));
    assertTrue(pace.isTime(OptionalLong.of(8), 1_400 * MILLI));
  }

  /** Always the same jitter. */
  private static RandomGenerator waiting(long nanos) {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        throw new UnsupportedOperationException();
      }

      @Override
      public long nextLong(long bound) {
        return nanos;
      }
    };
  }
}
