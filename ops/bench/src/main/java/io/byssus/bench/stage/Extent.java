package io.byssus.bench.stage;

import java.time.Duration;

/**
 * How far the cases go whose figures mean something over many records or a long time only.
 *
 * @param backlog how many records are replayed: 1,000 and up
 * @param held how many records a server holds while its memory is looked at: 1,000 and up
 * @param watched for how long it is looked at: a second and up
 */
public record Extent(int backlog, int held, Duration watched) {
  private static final int LEAST_RECORDS = 1_000;
  private static final Duration LEAST_WATCHED = Duration.ofSeconds(1);

  /** 5 million, 10 million, 10 minutes. */
  public static final Extent USUAL = new Extent(5_000_000, 10_000_000, Duration.ofMinutes(10));

  /** Checks the numbers. */
  public Extent {
    int least = Math.min(backlog, held);
    if (least < LEAST_RECORDS) {
      throw new IllegalArgumentException(
          "there must be " + LEAST_RECORDS + " records, are " + least);
    }
    if (watched.compareTo(LEAST_WATCHED) < 0) {
      throw new IllegalArgumentException(
          "memory is watched for " + LEAST_WATCHED.toSeconds() + " s at least, not " + watched);
    }
  }

  /** The same with another backlog. */
  public Extent withBacklog(int records) {
    return new Extent(records, held, watched);
  }

  /** The same with other numbers of records. */
  public Extent withRecords(int records) {
    return new Extent(records, records, watched);
  }

  /** The same with another time. */
  public Extent withWatched(Duration time) {
    return new Extent(backlog, held, time);
  }
}
