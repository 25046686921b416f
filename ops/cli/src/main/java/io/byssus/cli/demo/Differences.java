package io.byssus.cli.demo;

import java.util.ArrayList;
import java.util.List;

/** What a check found: how many things differ, and the first few of them in words. */
final class Differences {
  private static final int SHOWN = 5;

  private final List<String> first = new ArrayList<>();
  private long count;

  void add(String difference) {
    count++;
    if (first.size() < SHOWN) {
      first.add(difference);
    }
  }

  void addAll(Differences others) {
    count += others.count;
    for (String difference : others.first) {
      if (first.size() < SHOWN) {
        first.add(difference);
      }
    }
  }

  long count() {
    return count;
  }

  List<String> first() {
    return List.copyOf(first);
  }

  /**
   * Passes where nothing differs.
   *
   * @param claim what should have been so
   */
  void mustBeNone(String claim) {
    if (count > 0) {
      throw new CheckFailed(
          "not so: " + claim + "; " + count + " differences, first: " + String.join("; ", first));
    }
  }
}
