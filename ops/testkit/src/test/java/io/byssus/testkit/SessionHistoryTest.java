package io.byssus.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SessionHistoryTest {
  private final WriteJournal<String> journal = new WriteJournal<>();
  private final Violations violations = new Violations();
  private final SessionHistory<String> session = new SessionHistory<>(journal, violations);

  @Test
  void aReadMayFindWhatWasAcknowledgedOrSomethingLater() {
    journal.acknowledged(journal.begin("a", false), 1);
    JournaledWrite<String> open = journal.begin("a", false);
    read(1, 1);
    read(open.id(), 2);
    assertEquals(0, violations.total(), violations.toString());
  }

  @Test
  void aReadMustFindWhatWasAcknowledgedBeforeItBegan() {
    journal.acknowledged(journal.begin("a", false), 1);
    journal.acknowledged(journal.begin("a", false), 2);
    read(1, 1);
    assertEquals(1, violations.count(Violation.WENT_BACK), violations.toString());
  }

  @Test
  void whatIsAcknowledgedWhileAReadRunsMayBeMissing() {
    journal.acknowledged(journal.begin("a", false), 1);
    SessionHistory<String>.Read read = session.begin("a");
    journal.acknowledged(journal.begin("a", false), 2);
    read.saw(Optional.of(new Seen(1, 1)));
    assertEquals(0, violations.total(), violations.toString());
  }

  @Test
  void aReadMustNotFindLessThanAnEarlierOne() {
    journal.begin("a", false);
    journal.begin("a", false);
    read(2, 2);
    read(1, 1);
    assertEquals(1, violations.count(Violation.WENT_BACK), violations.toString());
  }

  @Test
  void anAbsenceMustBeExplainedByARemoval() {
    assertAbsent(0);
    journal.begin("a", false);
    assertAbsent(0);
    read(1, 1);
    assertAbsent(1);
    journal.begin("a", true);
    assertAbsent(1);
    journal.begin("a", false);
    read(3, 3);
    assertAbsent(2);
  }

  @Test
  void aRemovalSaidNotToBeWrittenExplainsNothing() {
    journal.acknowledged(journal.begin("a", false), 1);
    journal.notWritten(journal.begin("a", true));
    assertAbsent(1);
  }

  @Test
  void aValueFromElsewhereWasNeverWritten() {
    journal.begin("b", false);
    read(1, 1);
    read(99, 1);
    assertEquals(2, violations.count(Violation.NEVER_WRITTEN), violations.toString());
  }

  @Test
  void twoReadsOfOneWriteWithTwoVersionsMeanThatItWasAppliedTwice() {
    journal.begin("a", false);
    read(1, 1);
    read(1, 2);
    journal.indeterminate(journal.of("a").get(0));
    new StateCheck<>(journal, violations).finish();
    assertEquals(1, violations.count(Violation.APPLIED_TWICE), violations.toString());
  }

  @Test
  void aReadOfAWriteThatIsLaterSaidNotToBeWrittenIsNotForgotten() {
    JournaledWrite<String> write = journal.begin("a", false);
    read(1, 1);
    journal.notWritten(write);
    new StateCheck<>(journal, violations).finish();
    assertEquals(1, violations.count(Violation.NOT_WRITTEN_BUT_SEEN), violations.toString());
  }

  private void read(long id, long version) {
    session.begin("a").saw(Optional.of(new Seen(id, version)));
  }

  private void assertAbsent(long violationsAfterwards) {
    session.begin("a").saw(Optional.empty());
    assertEquals(violationsAfterwards, violations.count(Violation.WENT_BACK));
  }
}
