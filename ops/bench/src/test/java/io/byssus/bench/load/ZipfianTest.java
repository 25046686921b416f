package io.byssus.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ZipfianTest {
  private static final int COUNT = 1_000;
  private static final int DRAWS = 1_000_000;

  @Test
  void theFirstNumbersAreDrawnAsOftenAsTheLawSays() {
    int[] drawn = new int[COUNT];
    SplittableRandom random = new SplittableRandom(1);
    Zipfian zipfian = new Zipfian(COUNT);
    for (int i = 0; i < DRAWS; i++) {
      drawn[zipfian.next(random)]++;
    }
    double zeta = 0;
    for (int i = 1; i <= COUNT; i++) {
      zeta += 1 / Math.pow(i, 0.99);
    }
    assertEquals(DRAWS / zeta, drawn[0], 0.02 * DRAWS / zeta);
    assertEquals(DRAWS / zeta / Math.pow(2, 0.99), drawn[1], 0.02 * DRAWS / zeta);
    assertTrue(drawn[10] > 2 * drawn[100] && drawn[100] > 2 * drawn[900]);
  }

  @Test
  void scatteredNumbersLieInTheRangeAndAreAsSkewed() {
    int[] drawn = new int[COUNT];
    SplittableRandom random = new SplittableRandom(2);
    Zipfian zipfian = new Zipfian(COUNT);
    for (int i = 0; i < DRAWS; i++) {
      drawn[zipfian.nextScattered(random)]++;
    }
    int most = 0;
    for (int number = 0; number < COUNT; number++) {
      most = drawn[number] > drawn[most] ? number : most;
    }
    assertTrue(most > 0 && drawn[most] > DRAWS / 10, drawn[most] + " times " + most);
  }
}
