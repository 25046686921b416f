package io.byssus.cli.demo;

import java.util.Iterator;
import java.util.List;

/**
 * Compares what a scan answered with what it should have: the same records, with the same values,
 * in the same order, nothing missing and nothing more.
 */
final class OrderedCheck {
  private OrderedCheck() {}

  /**
   * The differences.
   *
   * @param expected in the order of the keys, no key twice
   * @param actual as it was read
   */
  static Differences compare(List<Row> expected, Iterable<Row> actual) {
    Differences differences = new Differences();
    Iterator<Row> wanted = expected.iterator();
    Row next = advance(wanted);
    Row last = null;
    for (Row read : actual) {
      if (last != null && last.key().compareTo(read.key()) >= 0) {
        differences.add(read + " comes after " + last);
        continue;
      }
      last = read;
      while (next != null && next.key().compareTo(read.key()) < 0) {
        differences.add(next + " is missing");
        next = advance(wanted);
      }
      if (next == null || !next.key().equals(read.key())) {
        differences.add(read + " should not be there");
        continue;
      }
      if (!next.hasValueOf(read)) {
        differences.add(read + " is " + read.valueUtf8() + ", not " + next.valueUtf8());
      }
      next = advance(wanted);
    }
    while (next != null) {
      differences.add(next + " is missing");
      next = advance(wanted);
    }
    return differences;
  }

  private static Row advance(Iterator<Row> rows) {
    return rows.hasNext() ? rows.next() : null;
  }
}
