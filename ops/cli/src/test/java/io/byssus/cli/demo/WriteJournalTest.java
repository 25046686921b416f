package io.byssus.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.byssus.client.Key;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WriteJournalTest {
  private static final Key KEY = Key.of("P", "k");

  private final WriteJournal journal = new WriteJournal();

  @Test
  void whatWasAcknowledgedOrIssuedLaterIsRight() {
    acknowledge(1);
    acknowledge(2);
    journal.issue(KEY);
    assertEquals(Optional.empty(), problem("2"));
    assertEquals(Optional.empty(), problem("3"));
    assertEquals(1, journal.acknowledgedRecords());
  }

  @Test
  void aLostWriteIsFound() {
    acknowledge(1);
    assertTrue(journal.problem(KEY, Optional.empty()).orElseThrow().contains("is lost"));
  }

  @Test
  void anOlderValueThanAcknowledgedIsFound() {
    acknowledge(1);
    acknowledge(2);
    assertTrue(problem("1").orElseThrow().contains("went back"));
  }

  @Test
  void aValueThatNobodyWroteIsFound() {
    acknowledge(1);
    assertTrue(problem("2").orElseThrow().contains("only 1 were written"));
    assertTrue(problem("x").orElseThrow().contains("nobody wrote"));
    assertTrue(
        journal.problem(Key.of("other"), Optional.of("1")).orElseThrow().contains("never written"));
    assertEquals(Optional.empty(), journal.problem(Key.of("other"), Optional.empty()));
  }

  @Test
  void aWriteThatWasNeverAcknowledgedMayBeThereOrNot() {
    journal.issue(KEY);
    assertEquals(Optional.empty(), journal.problem(KEY, Optional.empty()));
    assertEquals(Optional.empty(), problem("1"));
    assertEquals(0, journal.acknowledgedRecords());
  }

  private void acknowledge(long number) {
    assertEquals(number, journal.issue(KEY));
    journal.acknowledged(KEY, number);
  }

  private Optional<String> problem(String value) {
    return journal.problem(KEY, Optional.of(value));
  }
}
