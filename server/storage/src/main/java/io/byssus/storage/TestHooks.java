package io.byssus.storage;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Faults that can be planted, to show that the tests that look for such faults find them. All off
 * unless a system property says otherwise.
 *
 * @param skipEvery every how many writes one is skipped ({@code byssus.test.skip-every}); 0: none
 * @param ignoreWindows whether writes are applied without looking at their writer's window ({@code
 *     byssus.test.ignore-writer-windows})
 */
record TestHooks(int skipEvery, boolean ignoreWindows) {
  static final TestHooks NONE = new TestHooks(0, false);

  static TestHooks fromSystemProperties() {
    TestHooks hooks =
        new TestHooks(
            Integer.getInteger("byssus.test.skip-every", 0),
            Boolean.getBoolean("byssus.test.ignore-writer-windows"));
    if (!hooks.equals(NONE)) {
      Logger log = LoggerFactory.getLogger(TestHooks.class);
      log.warn("FAULTS ARE PLANTED: {}. This process loses or repeats writes.", hooks);
    }
    return hooks;
  }

  boolean skips(long offset) {
    return skipEvery > 0 && offset % skipEvery == skipEvery - 1;
  }
}
