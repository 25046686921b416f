package io.byssus.testkit.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The highest version that was known of a key at any moment. Not thread-safe. */
final class Floor {
  private final List<Known> known = new ArrayList<>();
  private boolean sorted;

  private record Known(long time, long version) {}

  /** From a moment on a version was known; 0 is ignored. */
  void known(long time, long version) {
    if (version != 0) {
      known.add(new Known(time, version));
      sorted = false;
    }
  }

  /** The highest version known before a moment; 0: none. */
  long before(long time) {
    if (!sorted) {
      sort();
    }
    int low = 0;
    int high = known.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (known.get(middle).time < time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? 0 : known.get(low - 1).version;
  }

  private void sort() {
    known.sort(Comparator.comparingLong(Known::time));
    long highest = 0;
    for (int i = 0; i < known.size(); i++) {
      Known at = known.get(i);
      highest = Long.compareUnsigned(at.version, highest) > 0 ? at.version : highest;
      known.set(i, new Known(at.time, highest));
    }
    sorted = true;
  }
}
