package io.byssus.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.byssus.testkit.WriteJournal.Change;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Histories made by hand: each kind of violation is found, and what is allowed is not called one.
 */
final class StateCheckTest {
  private final WriteJournal<String> journal = new WriteJournal<>();
  private final Violations violations = new Violations();

  @Test
  void theLastAcknowledgedWriteIsAsItShouldBe() {
    acknowledged("a", 1);
    JournaledWrite<String> last = acknowledged("a", 2);
    check(Map.of("a", new Seen(last.id(), 2)));
    expectNothing();
  }

  @Test
  void aMissingRecordWhoseWriteWasAcknowledgedIsLost() {
    acknowledged("a", 1);
    check(Map.of());
    expect(Violation.LOST, 1);
  }

  @Test
  void anAcknowledgedWriteUnderAnEarlierOneIsLost() {
    JournaledWrite<String> first = acknowledged("a", 1);
    acknowledged("a", 2);
    check(Map.of("a", new Seen(first.id(), 1)));
    expect(Violation.LOST, 1);
  }

  @Test
  void aRemovalThatWasAcknowledgedAndHasNoEffectIsLost() {
    JournaledWrite<String> put = acknowledged("a", 1);
    journal.acknowledged(journal.begin("a", true), 2);
    check(Map.of("a", new Seen(put.id(), 1)));
    expect(Violation.LOST, 1);
  }

  @Test
  void anIndeterminateWriteMayBeThereOrNot() {
    JournaledWrite<String> sure = acknowledged("a", 1);
    JournaledWrite<String> unsure = journal.begin("a", false);
    journal.indeterminate(unsure);
    check(Map.of("a", new Seen(sure.id(), 1)));
    check(Map.of("a", new Seen(unsure.id(), 2)));
    expectNothing();
  }

  @Test
  void anIndeterminateRemovalMayHaveTakenEffectOrNot() {
    JournaledWrite<String> sure = acknowledged("a", 1);
    journal.indeterminate(journal.begin("a", true));
    check(Map.of("a", new Seen(sure.id(), 1)));
    check(Map.of());
    expectNothing();
  }

  @Test
  void anIndeterminateWriteBelowAnAcknowledgedOneMustNotComeBack() {
    JournaledWrite<String> unsure = journal.begin("a", false);
    journal.indeterminate(unsure);
    acknowledged("a", 1);
    check(Map.of("a", new Seen(unsure.id(), 2)));
    expect(Violation.LOST, 1);
  }

  @Test
  void aWriteSaidNotToBeWrittenMustNotBeThere() {
    JournaledWrite<String> refused = journal.begin("a", false);
    journal.notWritten(refused);
    check(Map.of("a", new Seen(refused.id(), 1)));
    expect(Violation.NOT_WRITTEN_BUT_SEEN, 1);
  }

  @Test
  void aValueOfAnotherRecordOrOfNobodyWasNeverWritten() {
    JournaledWrite<String> other = acknowledged("a", 1);
    acknowledged("b", 2);
    check(Map.of("a", new Seen(other.id(), 1), "b", new Seen(other.id(), 2)));
    expect(Violation.NEVER_WRITTEN, 1);
    check(Map.of("a", new Seen(other.id(), 1), "b", new Seen(0, 2)));
    expect(Violation.NEVER_WRITTEN, 2);
  }

  @Test
  void aRecordThatNobodyWroteWasNeverWritten() {
    check(Map.of("z", new Seen(7, 1)));
    expect(Violation.NEVER_WRITTEN, 1);
  }

  @Test
  void twoVersionsOfOneWriteMeanThatItWasAppliedTwice() {
    JournaledWrite<String> write = journal.begin("a", false);
    journal.indeterminate(write);
    StateCheck<String> check = new StateCheck<>(journal, violations);
    check.copy("one copy", Map.of("a", new Seen(write.id(), 1)));
    check.copy("another", Map.of("a", new Seen(write.id(), 2)));
    check.finish();
    expect(Violation.APPLIED_TWICE, 1);
  }

  @Test
  void anotherVersionThanTheAcknowledgedOneMeansThatItWasAppliedTwice() {
    JournaledWrite<String> write = journal.begin("a", false);
    journal.acknowledged(write, 5, 3);
    check(Map.of("a", new Seen(write.id(), 4)));
    expect(Violation.APPLIED_TWICE, 1);
  }

  @Test
  void aLaterVersionThanTheAcknowledgedCopyMeansThatAnotherCopyWasAppliedToo() {
    JournaledWrite<String> write = acknowledged("a", 5);
    check(Map.of("a", new Seen(write.id(), 6)));
    expect(Violation.APPLIED_TWICE, 1);
  }

  @Test
  void anEarlierVersionThanTheAcknowledgedCopyIsThatOfAnEarlierCopy() {
    JournaledWrite<String> write = acknowledged("a", 5);
    check(Map.of("a", new Seen(write.id(), 4)));
    expectNothing();
  }

  @Test
  void aLaterWriteWithAnEarlierVersionIsOutOfOrder() {
    JournaledWrite<String> first = journal.begin("a", false);
    JournaledWrite<String> second = journal.begin("a", false);
    journal.indeterminate(first);
    journal.indeterminate(second);
    check(Map.of("a", new Seen(first.id(), 9)));
    check(Map.of("a", new Seen(second.id(), 8)));
    expect(Violation.OUT_OF_ORDER, 1);
  }

  @Test
  void versionsAreComparedWithoutSign() {
    JournaledWrite<String> write = acknowledged("a", 0x8000_0000_0000_0001L);
    check(Map.of("a", new Seen(write.id(), 0x7FFF_FFFF_FFFF_FFFFL)));
    expectNothing();
  }

  @Test
  void aBatchOfWhichOneWriteTookEffectIsTorn() {
    JournaledWrite<String> before = acknowledged("b", 1);
    List<JournaledWrite<String>> batch = batch("a", "b");
    batch.forEach(journal::indeterminate);
    check(Map.of("a", new Seen(batch.get(0).id(), 2), "b", new Seen(before.id(), 1)));
    expect(Violation.TORN_BATCH, 1);
  }

  @Test
  void aBatchUnderLaterWritesIsWhole() {
    List<JournaledWrite<String>> batch = batch("a", "b", "c");
    batch.forEach(write -> journal.acknowledged(write, 1));
    JournaledWrite<String> later = acknowledged("b", 2);
    journal.indeterminate(journal.begin("c", true));
    check(Map.of("a", new Seen(batch.get(0).id(), 1), "b", new Seen(later.id(), 2)));
    expectNothing();
  }

  @Test
  void anAbsenceThatALaterRemovalExplainsTearsNoBatch() {
    acknowledged("b", 1);
    journal.acknowledged(journal.begin("b", true), 2);
    List<JournaledWrite<String>> batch = batch("a", "b");
    batch.forEach(journal::indeterminate);
    journal.indeterminate(journal.begin("b", true));
    check(Map.of("a", new Seen(batch.get(0).id(), 3)));
    expectNothing();
  }

  @Test
  void nothingIsCheckedWhileAWriteIsOpen() {
    journal.begin("a", false);
    assertThrows(IllegalStateException.class, () -> new StateCheck<>(journal, violations));
  }

  private JournaledWrite<String> acknowledged(String record, long version) {
    JournaledWrite<String> write = journal.begin(record, false);
    journal.acknowledged(write, version);
    return write;
  }

  private List<JournaledWrite<String>> batch(String... records) {
    return journal.begin(
        List.of(records).stream().map(record -> new Change<>(record, false)).toList());
  }

  private void check(Map<String, Seen> content) {
    StateCheck<String> check = new StateCheck<>(journal, violations);
    check.copy("the copy", content);
    check.finish();
  }

  private void expectNothing() {
    assertEquals(0, violations.total(), violations.toString());
  }

  private void expect(Violation kind, long times) {
    assertEquals(times, violations.count(kind), violations.toString());
    assertEquals(times, violations.total(), violations.toString());
  }
}
