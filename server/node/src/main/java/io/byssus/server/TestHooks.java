package io.byssus.server;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Faults that can be planted, to show that the tests that look for such faults find them. All off
 * unless a system property says otherwise.
 *
 * @param skipBarriers whether LINEARIZABLE reads are answered without a barrier ({@code
 *     byssus.test.skip-barriers})
 */
record TestHooks(boolean skipBarriers) {
  static final TestHooks NONE = new TestHooks(false);

  static TestHooks fromSystemProperties() {
    TestHooks hooks = new TestHooks(Boolean.getBoolean("byssus.test.skip-barriers"));
    if (!hooks.equals(NONE)) {
      Logger log = LoggerFactory.getLogger(TestHooks.class);
      log.warn("FAULTS ARE PLANTED: {}. This process answers LINEARIZABLE with old data.", hooks);
    }
    return hooks;
  }
}
