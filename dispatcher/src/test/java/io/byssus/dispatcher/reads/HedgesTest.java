package io.byssus.dispatcher.reads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.proto.kv.v1.Consistency;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Second questions for slow reads: when, and how many. */
class HedgesTest {
  private final Hedges hedges = new Hedges();

  @Test
  void atMostOneReadInTwentyIsAskedTwice() {
    Hedges.Lane lane = hedges.lane("Get", Consistency.EVENTUAL);
    int paid = 0;
    for (int i = 1; i <= 5_000; i++) {
      lane.begin();
      paid += lane.pay() ? 1 : 0;
      assertTrue(paid * Hedges.READS_PER_HEDGE <= i, paid + " of " + i);
    }
    assertEquals(250, paid);
  }

  @Test
  void whatIsSavedUpIsBoundedAndCountedOverAllKinds() {
    Hedges.Lane gets = hedges.lane("Get", Consistency.EVENTUAL);
    Hedges.Lane lists = hedges.lane("ListVersions", Consistency.SESSION);
    for (int i = 0; i < 100_000; i++) {
      gets.begin();
    }
    int paid = 0;
    while (lists.pay()) {
      paid++;
    }
    assertEquals(50, paid);
    assertFalse(gets.pay());
    gets.refund();
    assertTrue(lists.pay());
  }

  @Test
  void aReadIsSlowWhenItTakesLongerThanNineteenOfTwentyOfItsKind() {
    Hedges.Lane gets = hedges.lane("Get", Consistency.EVENTUAL);
    Hedges.Lane others = hedges.lane("Get", Consistency.LINEARIZABLE);
    long unknown = others.begin();
    for (int i = 1; i <= 640; i++) {
      gets.answered(TimeUnit.MILLISECONDS.toNanos(i % 100));
    }
    assertEquals(95, Math.round(gets.begin() / 1e6), 2);
    assertEquals(unknown, others.begin());
    for (int i = 0; i < 640; i++) {
      gets.answered(1_000);
    }
    assertEquals(TimeUnit.MILLISECONDS.toNanos(2), gets.begin());
  }
}
