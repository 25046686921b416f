package io.byssus.bench.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConductTest {
  private static final Rounds RUN = new Rounds(2, 5, Duration.ofSeconds(3));

  @Test
  void aCaseTakesPartInAsManyRoundsAsItMayAndTheRunHas() {
    assertEquals(RUN, Conduct.USUAL.of(RUN));
    assertEquals(new Rounds(1, 3, RUN.length()), new Conduct(1, 3, false).of(RUN));
    assertEquals(new Rounds(2, 5, RUN.length()), new Conduct(9, 9, false).of(RUN));
  }
}
