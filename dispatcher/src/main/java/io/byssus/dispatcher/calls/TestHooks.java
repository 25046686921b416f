package io.byssus.dispatcher.calls;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Faults that a test can switch on, to show that it would notice them. All off unless a system
 * property says otherwise; never for anything but tests.
 *
 * @param acknowledgeEarly answers LOGGED as soon as a write is handed over, without waiting for the
 *     log: loses acknowledged writes
 * @param cacheLinearizable answers reads from memory in every namespace and at every level,
 *     LINEARIZABLE too: tells what is not true any more
 */
public record TestHooks(boolean acknowledgeEarly, boolean cacheLinearizable) {
  /** None is on. */
  public static final TestHooks NONE = new TestHooks(false, false);

  private static final String ACKNOWLEDGE_EARLY = "byssus.test.acknowledge-early";
  private static final String CACHE_LINEARIZABLE = "byssus.test.cache-linearizable";
  private static final Logger log = LoggerFactory.getLogger(TestHooks.class);

  /** What this process' system properties say; warns of every hook that is on. */
  public static TestHooks fromSystemProperties() {
    TestHooks hooks =
        new TestHooks(
            Boolean.getBoolean(ACKNOWLEDGE_EARLY), Boolean.getBoolean(CACHE_LINEARIZABLE));
    if (hooks.acknowledgeEarly) {
      log.warn(
          "TEST HOOK ON: {}=true; writes are acknowledged before they are durable and WILL be lost",
          ACKNOWLEDGE_EARLY);
    }
    if (hooks.cacheLinearizable) {
      log.warn(
          "TEST HOOK ON: {}=true; LINEARIZABLE reads are answered from memory and WILL be stale",
          CACHE_LINEARIZABLE);
    }
    return hooks;
  }
}
