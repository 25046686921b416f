package io.byssus.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PlannedFaultTest {
  private static final List<String> VICTIMS = List.of("a", "a", "a", "b", "b", "c");
  private static final Duration WAIT = Duration.ofSeconds(2);
  private static final Duration OUTAGE = Duration.ofSeconds(5);

  @Test
  void theSeedAloneReplaysThePlan() {
    assertEquals(plan(1), plan(1));
    assertNotEquals(plan(1), plan(2));
  }

  @Test
  void everyVictimIsPlannedOnceAndWithinTheLimits() {
    List<PlannedFault<String>> plan = plan(3);
    assertEquals(VICTIMS, plan.stream().map(PlannedFault::victim).sorted().toList());
    for (PlannedFault<String> fault : plan) {
      assertTrue(fault.after().toMillis() >= 200 && fault.after().compareTo(WAIT) <= 0);
      assertTrue(fault.outage().toMillis() >= 500 && fault.outage().compareTo(OUTAGE) <= 0);
      assertTrue(fault.choice() >= 0);
    }
  }

  private static List<PlannedFault<String>> plan(long seed) {
    return PlannedFault.plan(VICTIMS, WAIT, OUTAGE, new Seed(seed).random());
  }
}
