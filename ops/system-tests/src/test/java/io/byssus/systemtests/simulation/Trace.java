package io.byssus.systemtests.simulation;

import java.util.Locale;

/**
 * What has happened in a run: its last events in words, and a number over all of them that is equal
 * for equal runs.
 */
final class Trace {
  private static final int KEPT = 120;

  private final String[] formats = new String[KEPT];
  private final Object[][] arguments = new Object[KEPT][];
  private final long[] times = new long[KEPT];
  private long lines;
  private long now;
  private long digest = 1;

  /** An event begins. */
  void step(long nanos, String what) {
    now = nanos;
    mix(nanos);
    mix(what.hashCode());
  }

  /**
   * Notes what an event did.
   *
   * @param values of types whose hash codes do not change from run to run
   */
  void note(String format, Object... values) {
    int at = (int) (lines++ % KEPT);
    formats[at] = format;
    arguments[at] = values;
    times[at] = now;
    mix(format.hashCode());
    for (Object value : values) {
      mix(value.hashCode());
    }
  }

  private void mix(long value) {
    digest = (digest ^ value) * 0x9E37_79B9_7F4A_7C15L;
    digest ^= digest >>> 32;
  }

  /** Equal for equal runs. */
  long digest() {
    return digest;
  }

  /** The last notes, oldest first. */
  String lastNotes() {
    StringBuilder text = new StringBuilder();
    for (long line = Math.max(0, lines - KEPT); line < lines; line++) {
      int at = (int) (line % KEPT);
      text.append(String.format(Locale.ROOT, "  %11.4f s  ", times[at] / 1e9))
          .append(String.format(Locale.ROOT, formats[at], arguments[at]))
          .append('\n');
    }
    return text.toString();
  }
}
