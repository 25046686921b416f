package io.byssus.systemtests.faults;

import io.byssus.systemtests.TestCluster;

/** What is done to a cluster while it is under load. */
@FunctionalInterface
interface Disturbance {
  /**
   * Disturbs, and returns when every process serves again.
   *
   * @param load what goes on meanwhile
   */
  void disturb(TestCluster cluster, Load load) throws Exception;
}
