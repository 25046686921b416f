package io.byssus.clustermap;

import java.time.Duration;

/**
 * How patient a watcher is.
 *
 * @param silence a stream that says nothing for this long is cut; members send a sign of life every
 *     2 s
 * @param behind how long a member may stay behind the watcher's own revision before it is left
 * @param firstPause the wait before the first attempt after a failure
 * @param maxPause the longest wait between attempts
 */
record WatchTimings(Duration silence, Duration behind, Duration firstPause, Duration maxPause) {
  static final WatchTimings DEFAULT =
      new WatchTimings(
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofMillis(100),
          Duration.ofSeconds(2));
}
