package io.byssus.dispatcher.reads;

import io.byssus.proto.kv.v1.Consistency;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * When a read that takes long is asked of a second replica as well, and how often that may be.
 *
 * <p>A read is slow when it has taken longer than 19 of 20 recent reads of its kind, and longer
 * than a floor below which a second question costs more than it saves. Every read earns a twentieth
 * of a second question, up to a burst, so that second questions are at most 5 % of the reads: when
 * all servers are slow, they must not be asked twice as much.
 */
final class Hedges {
  /** How many reads pay for one second question. */
  static final int READS_PER_HEDGE = 20;

  /** How many second questions may be saved up. */
  private static final int MAX_BURST = 50;

  private static final long FLOOR_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long WHERE_UNKNOWN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final AtomicInteger earned = new AtomicInteger();
  private final Map<Kind, Lane> lanes = new ConcurrentHashMap<>();

  private record Kind(String method, Consistency level) {}

  /** What is known of the reads of one kind. */
  final class Lane {
    private final RecentLatencies latencies = new RecentLatencies();

    /** A read begins; returns after how many nanoseconds without an answer it is slow. */
    long begin() {
      earned.getAndUpdate(reads -> Math.min(reads + 1, MAX_BURST * READS_PER_HEDGE));
      long p95 = latencies.p95Nanos();
      return p95 == 0 ? WHERE_UNKNOWN_NANOS : Math.max(p95, FLOOR_NANOS);
    }

    /** A replica answered, so long after it was asked. */
    void answered(long nanos) {
      latencies.add(nanos);
    }

    /** Takes the price of a second question; false where it has not been earned. */
    boolean pay() {
      return earned.getAndUpdate(
              reads -> reads >= READS_PER_HEDGE ? reads - READS_PER_HEDGE : reads)
          >= READS_PER_HEDGE;
    }

    /** Gives the price back: there was nobody to ask. */
    void refund() {
      earned.getAndAdd(READS_PER_HEDGE);
    }
  }

  /** The reads of a method at a level. */
  Lane lane(String method, Consistency level) {
    return lanes.computeIfAbsent(new Kind(method, level), kind -> new Lane());
  }
}
