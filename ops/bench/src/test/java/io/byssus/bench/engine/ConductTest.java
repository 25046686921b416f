package io.byssus.bench.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConductTest {
  private static final Rounds RUN = new Rounds(2, 5, Duration.ofSeconds(3));

  @Test
  void aCaseTakesPartInAsManyRoundsAsItMayAndTheRunHas() {
    assertEquals(RUN, Conduct.USUAL.of(RUN));
    assertEquals(new Rounds(1, 3, RUN.length()), new Conduct(1, 2, false).of(RUN));
    assertEquals(new Rounds(0, 1, RUN.length()), new Conduct(0, Integer.MAX_VALUE, true).of(RUN));
    assertEquals(new Rounds(2, 5, RUN.length()), new Conduct(9, 1, false).of(RUN));
  }
}
