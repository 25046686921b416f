package io.byssus.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SeedTest {
  private String given;

  @BeforeEach
  void forgetTheSeedOfThisRun() {
    given = System.clearProperty(Seed.PROPERTY);
  }

  @AfterEach
  void putItBack() {
    if (given == null) {
      System.clearProperty(Seed.PROPERTY);
    } else {
      System.setProperty(Seed.PROPERTY, given);
    }
  }

  @Test
  void theSameSeedGivesTheSameNumbers() {
    var seed = Seed.of("first run");
    System.setProperty(Seed.PROPERTY, Long.toString(seed.value()));
    var replayed = Seed.of("replay");
    assertEquals(seed, replayed);
    assertArrayEquals(numbers(seed), numbers(replayed));
  }

  @Test
  void partsDifferFromOneAnotherAndFromTheWhole() {
    var seed = new Seed(1);
    assertFalse(Arrays.equals(numbers(seed), numbers(seed.part(0))));
    assertFalse(Arrays.equals(numbers(seed.part(0)), numbers(seed.part(1))));
    assertArrayEquals(numbers(seed.part(1)), numbers(seed.part(1)));
  }

  private static long[] numbers(Seed seed) {
    return seed.random().longs(100).toArray();
  }
}
