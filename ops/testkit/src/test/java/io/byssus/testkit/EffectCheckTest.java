package io.byssus.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class EffectCheckTest {
  private final WriteJournal<String> journal = new WriteJournal<>();
  private final Violations violations = new Violations();
  private final EffectCheck<String> effects = new EffectCheck<>(journal, violations);

  @Test
  void everyAcknowledgedWriteOnceAndInOrderIsAsItShouldBe() {
    put(Fate.ACKNOWLEDGED);
    put(Fate.INDETERMINATE);
    remove(Fate.ACKNOWLEDGED);
    put(Fate.NOT_WRITTEN);
    put(Fate.ACKNOWLEDGED);
    effects.put("a", new Seen(1, 1));
    effects.remove("a");
    effects.put("a", new Seen(5, 3));
    effects.finish();
    expectNothing();
  }

  @Test
  void anAcknowledgedWriteThatALaterOneHidesIsLost() {
    put(Fate.ACKNOWLEDGED);
    put(Fate.ACKNOWLEDGED);
    put(Fate.ACKNOWLEDGED);
    effects.put("a", new Seen(1, 1));
    effects.put("a", new Seen(3, 3));
    effects.finish();
    expect(Violation.LOST);
  }

  @Test
  void anAcknowledgedWriteBehindTheLastEffectIsLost() {
    put(Fate.ACKNOWLEDGED);
    put(Fate.ACKNOWLEDGED);
    effects.put("a", new Seen(1, 1));
    effects.finish();
    expect(Violation.LOST);
  }

  @Test
  void anAcknowledgedRemovalWithoutEffectIsLost() {
    put(Fate.ACKNOWLEDGED);
    remove(Fate.ACKNOWLEDGED);
    put(Fate.ACKNOWLEDGED);
    effects.put("a", new Seen(1, 1));
    effects.put("a", new Seen(3, 3));
    effects.finish();
    expect(Violation.LOST);
  }

  @Test
  void aWriteWithTwoEffectsWasAppliedTwice() {
    put(Fate.ACKNOWLEDGED);
    put(Fate.ACKNOWLEDGED);
    effects.put("a", new Seen(1, 1));
    effects.put("a", new Seen(2, 2));
    effects.put("a", new Seen(1, 3));
    effects.finish();
    expect(Violation.APPLIED_TWICE);
  }

  @Test
  void moreRemovalsThanWereIssuedMeanThatOneWasAppliedTwice() {
    put(Fate.ACKNOWLEDGED);
    remove(Fate.INDETERMINATE);
    effects.put("a", new Seen(1, 1));
    effects.remove("a");
    effects.remove("a");
    effects.finish();
    expect(Violation.APPLIED_TWICE);
  }

  @Test
  void anEffectAfterThatOfALaterWriteIsOutOfOrder() {
    put(Fate.INDETERMINATE);
    put(Fate.ACKNOWLEDGED);
    effects.put("a", new Seen(2, 1));
    effects.put("a", new Seen(1, 2));
    effects.finish();
    expect(Violation.OUT_OF_ORDER);
  }

  @Test
  void aValueFromElsewhereWasNeverWritten() {
    effects.put("a", new Seen(7, 1));
    effects.finish();
    expect(Violation.NEVER_WRITTEN);
  }

  private void put(Fate fate) {
    end(journal.begin("a", false), fate);
  }

  private void remove(Fate fate) {
    end(journal.begin("a", true), fate);
  }

  private void end(JournaledWrite<String> write, Fate fate) {
    switch (fate) {
      case ACKNOWLEDGED -> journal.acknowledged(write, -1L);
      case INDETERMINATE -> journal.indeterminate(write);
      case NOT_WRITTEN -> journal.notWritten(write);
      case OPEN -> throw new IllegalArgumentException("open is no end");
    }
  }

  private void expectNothing() {
    assertEquals(0, violations.total(), violations.toString());
  }

  private void expect(Violation kind) {
    assertEquals(1, violations.count(kind), violations.toString());
    assertEquals(1, violations.total(), violations.toString());
  }
}
