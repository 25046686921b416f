package io.byssus.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.byssus.model.Limits;
import io.byssus.proto.log.v1.WriterStamp;
import io.byssus.storage.WriterWindow.Verdict;
import io.byssus.testkit.Seed;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class WriterWindowTest {
  private static WriterStamp stamp(long sequence, long lowestOpen) {
    return LogBuilder.stamp(1, sequence, lowestOpen, 1_000);
  }

  @Test
  void theWidestStampStillFindsItsBits() {
    WriterWindow window = new WriterWindow();
    assertEquals(Verdict.APPLY, window.admit(stamp(1, 1)));
    assertEquals(Verdict.APPLY, window.admit(stamp(1_024, 1)));
    assertEquals(Verdict.DUPLICATE, window.admit(stamp(1, 1)));
    assertEquals(Verdict.APPLY, window.admit(stamp(2, 1)));
    assertEquals(Verdict.APPLY, window.admit(stamp(1_025, 2)));
    assertEquals(Verdict.BELOW_FLOOR, window.admit(stamp(1, 1)));
    assertEquals(Verdict.DUPLICATE, window.admit(stamp(2, 2)));
  }

  @Test
  void aLeapClearsTheBitsOfNumbersNeverSeen() {
    WriterWindow window = new WriterWindow();
    for (long sequence = 1; sequence <= 10; sequence++) {
      window.admit(stamp(sequence, 1));
    }
    assertEquals(Verdict.APPLY, window.admit(stamp(5_000, 4_500)));
    for (long sequence = 4_500; sequence < 5_000; sequence++) {
      assertEquals(Verdict.APPLY, window.admit(stamp(sequence, 4_500)));
    }
  }

  /** Against the plain truth: a set of everything applied, and the highest floor seen. */
  @Test
  void agreesWithAModelThatForgetsNothing() {
    RandomGenerator random = Seed.of("WriterWindowTest").random();
    for (int run = 0; run < 50; run++) {
      WriterWindow window = new WriterWindow();
      Set<Long> applied = new HashSet<>();
      long floor = 1;
      long next = 1;
      for (int step = 0; step < 3_000; step++) {
        long sequence =
            random.nextInt(3) > 0
                ? next++
                : Math.max(1, next - 1 - random.nextInt(2 * Limits.WRITER_WINDOW));
        long lowestOpen =
            Math.max(1, sequence - random.nextInt(random.nextBoolean() ? 4 : Limits.WRITER_WINDOW));
        floor = Math.max(floor, lowestOpen);
        Verdict expected =
            sequence < floor
                ? Verdict.BELOW_FLOOR
                : applied.add(sequence) ? Verdict.APPLY : Verdict.DUPLICATE;
        assertEquals(expected, window.admit(stamp(sequence, lowestOpen)), "sequence " + sequence);
        if (step % 100 == 0) {
          byte[] encoded = window.encode();
          window = WriterWindow.decode(encoded);
          assertArrayEquals(encoded, window.encode());
        }
      }
    }
  }
}
