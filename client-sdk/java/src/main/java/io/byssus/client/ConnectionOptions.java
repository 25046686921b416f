package io.byssus.client;

import io.byssus.client.calls.Durations;
import java.time.Duration;
import java.util.Optional;

/**
 * How connections to dispatchers are kept. There is one connection per dispatcher, in plain text,
 * opened when it is first needed.
 *
 * @param idleTimeout a connection without calls for this long is closed; positive
 * @param keepAlive how often a connection with calls in flight but no traffic is probed, so that a
 *     host that vanished is noticed; empty: never. Dispatchers may refuse less than 5 minutes
 */
public record ConnectionOptions(Duration idleTimeout, Optional<Duration> keepAlive) {
  private static final ConnectionOptions DEFAULT =
      new ConnectionOptions(Duration.ofMinutes(30), Optional.empty());

  /** Checks the durations. */
  public ConnectionOptions {
    Durations.requirePositive(idleTimeout);
    keepAlive.ifPresent(Durations::requirePositive);
  }

  /** Closed after 30 idle minutes, not probed. */
  public static ConnectionOptions defaults() {
    return DEFAULT;
  }

  /** The same, closed after another idle time. */
  public ConnectionOptions withIdleTimeout(Duration timeout) {
    return new ConnectionOptions(timeout, keepAlive);
  }

  /** The same, probed this often. */
  public ConnectionOptions withKeepAlive(Duration interval) {
    return new ConnectionOptions(idleTimeout, Optional.of(interval));
  }
}
