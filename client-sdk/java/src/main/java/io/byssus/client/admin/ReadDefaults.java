package io.byssus.client.admin;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What the reads of a namespace do that do not say.
 *
 * @param level how strong they are
 * @param maxStaleness with {@link ReadLevel#BOUNDED}, and only with it, how stale reads may be that
 *     do not say: 1 ms to an hour
 * @param eventualMaxAge eventual reads are refused where no replica is known to be fresher: 1 s to
 *     a day; empty: the freshest that can be reached answers, however old
 * @param cache dispatchers may answer eventual and bounded reads of the hottest records from their
 *     own memory, when that is not older than this: up to a minute; empty: never
 */
public record ReadDefaults(
    ReadLevel level,
    Optional<Duration> maxStaleness,
    Optional<Duration> eventualMaxAge,
    Optional<Duration> cache) {
  /** Checks that nothing is null. Limits are checked by the call that uses it. */
  public ReadDefaults {
    Objects.requireNonNull(level);
    Objects.requireNonNull(maxStaleness);
    Objects.requireNonNull(eventualMaxAge);
    Objects.requireNonNull(cache);
  }

  /** Eventual reads, from whichever replica, never from a dispatcher's memory. */
  public static ReadDefaults eventual() {
    return of(ReadLevel.EVENTUAL);
  }

  /** Reads of a level other than {@link ReadLevel#BOUNDED}, for which see {@link #bounded}. */
  public static ReadDefaults of(ReadLevel level) {
    return new ReadDefaults(level, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Reads that are not staler than this: 1 ms to an hour. */
  public static ReadDefaults bounded(Duration maxStaleness) {
    return new ReadDefaults(
        ReadLevel.BOUNDED, Optional.of(maxStaleness), Optional.empty(), Optional.empty());
  }

  /** The same; eventual reads are refused where nothing fresher than this is known. */
  public ReadDefaults withEventualMaxAge(Duration age) {
    return new ReadDefaults(level, maxStaleness, Optional.of(age), cache);
  }

  /** The same; dispatchers may answer from their own memory what is not older than this. */
  public ReadDefaults withCache(Duration age) {
    return new ReadDefaults(level, maxStaleness, eventualMaxAge, Optional.of(age));
  }
}
