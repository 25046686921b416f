package io.byssus.dispatcher.reads;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long the last reads of one kind took: a ring of samples, of which the 95th percentile is
 * found anew after every few. Many threads write; a sample lost to a race does no harm.
 */
final class RecentLatencies {
  private static final int SAMPLES = 512;
  private static final int FIRST_FOUND = 64;
  private static final int FOUND_EVERY = 256;
  private static final int PERCENTILE = 95;

  private final AtomicLongArray ring = new AtomicLongArray(SAMPLES);
  private final AtomicInteger written = new AtomicInteger();
  private volatile long p95Nanos;

  /** A read took so long. */
  void add(long nanos) {
    int number = written.getAndUpdate(n -> n + 1 < 0 ? SAMPLES : n + 1);
    ring.set(number % SAMPLES, nanos);
    int count = number + 1;
    if (count % FOUND_EVERY == 0 || count == FIRST_FOUND) {
      p95Nanos = find(Math.min(count, SAMPLES));
    }
  }

  /** The 95th percentile, nanoseconds; 0 where there are too few samples. */
  long p95Nanos() {
    return p95Nanos;
  }

  private long find(int count) {
    long[] sorted = new long[count];
    for (int i = 0; i < count; i++) {
      sorted[i] = ring.get(i);
    }
    Arrays.sort(sorted);
    return sorted[count * PERCENTILE / 100];
  }
}
