package io.byssus.cli.demo;

import io.byssus.cli.text.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table at the end: what was done, how fast, and what was checked. */
final class Summary {
  private final Table measured =
      new Table("MEASURED", ">COUNT", ">TIME", ">RATE", ">P50", ">P99", ">MAX");
  private final Table checked = new Table("CHECKED", ">COUNT", "RESULT");

  /** Adds calls that were timed one by one. */
  void measured(String what, long nanos, Latencies latencies) {
    measured(what, latencies.count(), nanos, latencies);
  }

  /** Adds calls that were timed one by one, each of which did several things. */
  void measured(String what, long count, long nanos, Latencies latencies) {
    measured.row(
        what,
        number(count),
        DemoScreen.seconds(nanos),
        DemoScreen.rate(count, nanos),
        latencies.percentile(50),
        latencies.percentile(99),
        latencies.longest());
  }

  /** Adds something that took its time once. */
  void measured(String what, long nanos) {
    measured.row(what, "", DemoScreen.seconds(nanos), "", "", "", "");
  }

  /** Adds a check that passed: one that did not has ended the demo. */
  void checked(String what, long count) {
    checked.row(what, number(count), "ok");
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>(measured.lines());
    lines.add("");
    lines.addAll(checked.lines());
    return lines;
  }

  private static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
