package io.byssus.testkit.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.byssus.testkit.Violation;
import io.byssus.testkit.Violations;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Small histories, each step a millisecond after the one before. */
final class HistoryCheckTest {
  private static final Duration LIFETIME = Duration.ofSeconds(10);

  private final Violations violations = new Violations();
  private long now;
  private final History<String> history = new History<>(() -> now += 1_000_000);

  @Test
  void aReadMayFindTheOldOrTheNewValueWhileAWriteIsUnderWayButNeverTheOldAfterTheNew() {
    put(1);
    Operation<String> second = begin(1, Intent.put(2));
    read(2, Level.LINEARIZABLE, 1);
    read(3, Level.LINEARIZABLE, 2);
    read(2, Level.LINEARIZABLE, 2);
    second.took(20);
    none();
    assertFound(
        Violation.NOT_LINEARIZABLE,
        () -> {
          Operation<String> third = begin(1, Intent.put(3));
          read(2, Level.LINEARIZABLE, 3);
          read(3, Level.LINEARIZABLE, 2);
          third.took(30);
        });
  }

  @Test
  void aLinearizableReadMustFindWhatWasAcknowledgedBefore() {
    put(1);
    put(2);
    assertFound(Violation.NOT_LINEARIZABLE, () -> read(2, Level.LINEARIZABLE, 1));
  }

  @Test
  void aLinearizableReadMustNotFindARemovedRecordNorMissOneThatIsThere() {
    put(1);
    begin(1, Intent.remove()).took(0);
    begin(2, Intent.read(Level.LINEARIZABLE)).foundNothing();
    put(3);
    none();
    assertFound(
        Violation.NOT_LINEARIZABLE, () -> begin(2, Intent.read(Level.LINEARIZABLE)).foundNothing());
  }

  @Test
  void twoConditionalWritesThatExpectTheSameValueMustNotBothSucceed() {
    put(1);
    Operation<String> one = begin(1, Intent.putIf(1, 2));
    Operation<String> other = begin(2, Intent.putIf(1, 3));
    one.took(20);
    assertFound(Violation.NOT_LINEARIZABLE, () -> other.took(30));
  }

  @Test
  void aConditionalWriteThatFailsMustHaveHadAReason() {
    put(1);
    begin(1, Intent.putIf(0, 2)).conditionFailed(true, 10);
    begin(1, Intent.putIf(7, 2)).conditionFailed(true, 10);
    begin(1, Intent.remove()).took(20);
    begin(1, Intent.putIf(1, 3)).conditionFailed(false, 0);
    put(4);
    none();
    assertFound(
        Violation.NOT_LINEARIZABLE, () -> begin(1, Intent.putIf(4, 5)).conditionFailed(true, 40));
  }

  @Test
  void aConditionThatFailedBecauseOfAValueThatIsNotToldNeedsOneThatCouldBeThere() {
    assertFound(
        Violation.NOT_LINEARIZABLE, () -> begin(2, Intent.putIf(0, 2)).conditionFailed(true, 30));
  }

  @Test
  void aValueThatIsNotToldMayBeThatOfAnyWriteOfUnknownOutcome() {
    begin(1, Intent.put(1)).unknown();
    begin(2, Intent.putIf(0, 2)).conditionFailed(true, 10);
    begin(2, Intent.remove()).took(20);
    begin(2, Intent.putIf(0, 3)).took(30);
    none();
  }

  @Test
  void aWriteOfUnknownOutcomeMayTakeEffectLaterOrNever() {
    put(1);
    begin(2, Intent.put(2)).unknown();
    read(1, Level.LINEARIZABLE, 1);
    read(1, Level.LINEARIZABLE, 1);
    read(1, Level.LINEARIZABLE, 2);
    begin(2, Intent.remove()).unknown();
    read(1, Level.LINEARIZABLE, 2);
    begin(1, Intent.read(Level.LINEARIZABLE)).foundNothing();
    none();
    assertFound(Violation.NOT_LINEARIZABLE, () -> read(1, Level.LINEARIZABLE, 2));
  }

  @Test
  void aWriteOfUnknownOutcomeTakesEffectOnceAndNotAfterItsTime() {
    put(1);
    begin(2, Intent.put(2)).unknown();
    begin(2, Intent.remove()).unknown();
    now += LIFETIME.toNanos();
    read(1, Level.LINEARIZABLE, 1);
    none();
    assertFound(Violation.NOT_LINEARIZABLE, () -> read(1, Level.LINEARIZABLE, 2));
  }

  @Test
  void aRefusedWriteMustNotBeSeenAtAnyLevel() {
    begin(1, Intent.put(1)).refused();
    assertFound(Violation.NOT_WRITTEN_BUT_SEEN, () -> read(2, Level.EVENTUAL, 1));
  }

  @Test
  void aValueThatNobodyWroteOrNotYetIsFoundAtNoLevel() {
    assertFound(Violation.NEVER_WRITTEN, () -> read(2, Level.EVENTUAL, 9));
    assertFound(
        Violation.NEVER_WRITTEN,
        () -> {
          read(2, Level.EVENTUAL, 8);
          put(8);
        });
  }

  @Test
  void anEventualReadMayFindAnythingThatWasEverThere() {
    put(1);
    put(2);
    put(3);
    read(2, Level.EVENTUAL, 2);
    read(2, Level.EVENTUAL, 1);
    begin(2, Intent.read(Level.EVENTUAL)).foundNothing();
    none();
  }

  @Test
  void aSessionReadsItsOwnWritesAndNeverGoesBack() {
    put(1);
    put(2);
    read(2, Level.SESSION, 1);
    read(2, Level.SESSION, 2);
    none();
    assertFound(Violation.WENT_BACK, () -> read(1, Level.SESSION, 1));
    assertFound(Violation.WENT_BACK, () -> read(2, Level.SESSION, 1));
  }

  @Test
  void aSessionThatSawARecordMayMissItOnlyIfItCanHaveBeenRemovedSince() {
    begin(1, Intent.remove()).took(5);
    begin(1, Intent.remove()).took(0);
    put(1);
    assertFound(Violation.WENT_BACK, () -> begin(1, Intent.read(Level.SESSION)).foundNothing());
    begin(2, Intent.remove()).took(0);
    begin(1, Intent.read(Level.SESSION)).foundNothing();
    none();
    put(2);
    begin(2, Intent.remove()).unknown();
    begin(1, Intent.read(Level.SESSION)).foundNothing();
    none();
  }

  @Test
  void aBoundedReadMissesNothingThatIsOlderThanItsBound() {
    put(1);
    put(2);
    Intent lax = Intent.readBounded(Duration.ofMillis(50));
    begin(2, lax).found(1, 10);
    none();
    now += 60_000_000;
    begin(2, lax).found(2, 20);
    none();
    assertFound(Violation.STALE, () -> begin(2, lax).found(1, 10));
    assertFound(Violation.STALE, () -> begin(2, lax).foundNothing());
  }

  @Test
  void oneWriteHasOneVersionAndLaterWritesHaveHigherOnes() {
    put(1);
    assertFound(Violation.APPLIED_TWICE, () -> begin(2, Intent.read(Level.EVENTUAL)).found(1, 11));
    assertFound(Violation.OUT_OF_ORDER, () -> begin(2, Intent.put(2)).took(9));
  }

  @Test
  void keysAreCheckedEachByItself() {
    put(1);
    history.begin(1, "other", Intent.put(2)).took(20);
    history.begin(1, "other", Intent.read(Level.LINEARIZABLE)).found(2, 20);
    none();
    assertFound(
        Violation.NEVER_WRITTEN,
        () -> history.begin(1, "other", Intent.read(Level.EVENTUAL)).found(1, 10));
  }

  @Test
  void moreThanCanBeDecidedIsSaidAndNotPassed() {
    for (int i = 1; i <= 2 * RegisterSearch.MOST_UNDER_WAY; i++) {
      begin(1, Intent.removeIf(i)).unknown();
    }
    assertThrows(IllegalStateException.class, this::check);
  }

  @Test
  void anOperationEndsOnceAndOnlyAsItCan() {
    Operation<String> read = begin(1, Intent.read(Level.EVENTUAL));
    assertThrows(IllegalArgumentException.class, () -> read.took(1));
    read.foundNothing();
    assertThrows(IllegalStateException.class, read::unknown);
    assertThrows(IllegalArgumentException.class, () -> Intent.readBounded(Duration.ZERO));
  }

  private Operation<String> begin(int client, Intent intent) {
    return history.begin(client, "key", intent);
  }

  /** A put that succeeds, with ten times the value as its version. */
  private void put(long value) {
    begin(1, Intent.put(value)).took(10 * value);
  }

  private void read(int client, Level level, long value) {
    begin(client, Intent.read(level)).found(value, 10 * value);
  }

  private Violations check() {
    Violations found = new Violations();
    new HistoryCheck<>(history, found, LIFETIME).run();
    return found;
  }

  private void none() {
    Violations found = check();
    assertEquals(violations.total(), found.total(), found::toString);
  }

  /** The steps lead to one more violation of a kind. */
  private void assertFound(Violation kind, Runnable steps) {
    long before = check().count(kind);
    steps.run();
    Violations found = check();
    assertEquals(before + 1, found.count(kind), found::toString);
    violations.found(kind, "expected");
  }
}
