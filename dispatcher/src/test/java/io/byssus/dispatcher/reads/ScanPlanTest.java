package io.byssus.dispatcher.reads;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ScanPlanTest {
  @Test
  void aLimitThatNoCountReachesIsNone() {
    assertEquals(ScanPlan.ALL, ScanPlan.wanted(0));
    assertEquals(ScanPlan.ALL, ScanPlan.wanted(Long.MIN_VALUE));
    assertEquals(ScanPlan.ALL, ScanPlan.wanted(-1));
    assertEquals(Long.MAX_VALUE - 1, ScanPlan.wanted(Long.MAX_VALUE - 1));
  }
}
