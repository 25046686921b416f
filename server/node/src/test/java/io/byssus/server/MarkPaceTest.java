package io.byssus.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.testkit.Seed;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class MarkPaceTest {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  @Test
  void aNeedIsMetWithinHalfASecondAndThenOnceASecond() {
    RandomGenerator random = Seed.of("MarkPaceTest").random();
    for (int run = 0; run < 100; run++) {
      MarkPace pace = new MarkPace(random);
      long start = random.nextLong();
      long first = -1;
      int marks = 0;
      for (long at = 0; at <= 5_000; at += 100) {
        if (pace.isTime(true, start + at * MILLI)) {
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
    MarkPace pace = new MarkPace(latest());
    assertFalse(pace.isTime(true, 0));
    assertFalse(pace.isTime(true, 499 * MILLI));
    assertFalse(pace.isTime(false, 500 * MILLI));
    assertFalse(pace.isTime(true, 600 * MILLI), "another need waits anew");
    assertTrue(pace.isTime(true, 1_100 * MILLI));
  }

  @Test
  void needsThatFollowOneAnotherAreASecondApart() {
    MarkPace pace = new MarkPace(latest());
    pace.isTime(true, 0);
    assertTrue(pace.isTime(true, 500 * MILLI));
    assertFalse(pace.isTime(false, 510 * MILLI));
    assertFalse(pace.isTime(true, 520 * MILLI));
    assertFalse(pace.isTime(true, 1_499 * MILLI));
    assertTrue(pace.isTime(true, 1_500 * MILLI));
  }

  /** Always the longest wait. */
  private static RandomGenerator latest() {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        throw new UnsupportedOperationException();
      }

      @Override
      public long nextLong(long bound) {
        return bound - 1;
      }
    };
  }
}
