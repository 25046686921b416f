package io.byssus.cli.demo;

import io.byssus.client.Consistency;
import io.byssus.client.Key;
import io.byssus.client.MultiGetResult.KeyResult;
import io.byssus.client.Namespace;
import io.byssus.client.ReadOptions;
import io.byssus.client.StoredRecord;
import java.util.ArrayList;
import java.util.List;

/** Reads every record that was written under load, and holds it against the journal. */
final class JournalStep {
  private static final int KEYS_PER_CALL = 500;
  private static final ReadOptions OWN_WRITES =
      ReadOptions.defaults().withConsistency(Consistency.SESSION);

  private final DemoScreen screen;
  private final Summary summary;

  JournalStep(DemoScreen screen, Summary summary) {
    this.screen = screen;
    this.summary = summary;
  }

  /**
   * Checks all of them.
   *
   * @param when in which situation, for the summary
   */
  void check(WriteJournal journal, Namespace visits, String when) {
    List<Key> keys = new ArrayList<>(journal.keys());
    Differences differences = new Differences();
    for (int from = 0; from < keys.size(); from += KEYS_PER_CALL) {
      List<Key> some = keys.subList(from, Math.min(from + KEYS_PER_CALL, keys.size()));
      for (KeyResult result : visits.multiGet(some, OWN_WRITES).results()) {
        journal
            .problem(result.key(), result.record().map(StoredRecord::valueUtf8))
            .ifPresent(differences::add);
      }
    }
    differences.mustBeNone("no acknowledged write is lost, " + when);
    summary.checked("records without a lost write, " + when, journal.acknowledgedRecords());
    screen.line(
        String.format(
            "%,d records written under load: no acknowledged write is lost, %s",
            journal.acknowledgedRecords(), when));
  }
}
