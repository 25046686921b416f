package io.byssus.cli.demo;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** How long calls took. Thread-safe; up to a minute, to three digits. */
final class Latencies {
  private static final long HIGHEST_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Histogram histogram = new ConcurrentHistogram(HIGHEST_NANOS, 3);

  void record(long nanos) {
    histogram.recordValue(Math.max(0, Math.min(nanos, HIGHEST_NANOS)));
  }

  long count() {
    return histogram.getTotalCount();
  }

  /** As in {@code 1.8 ms}; {@code -} where nothing was recorded. */
  String percentile(double percent) {
    return count() == 0 ? "-" : millis(histogram.getValueAtPercentile(percent));
  }

  /** As in {@code 120 ms}; {@code -} where nothing was recorded. */
  String longest() {
    return count() == 0 ? "-" : millis(histogram.getMaxValue());
  }

  private static String millis(long nanos) {
    double millis = nanos / 1e6;
    return String.format(Locale.ROOT, millis < 10 ? "%.2f ms" : "%.0f ms", millis);
  }
}
