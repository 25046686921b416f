package io.byssus.testkit.proxy;

/** Which way bytes go through a proxy. */
public enum Direction {
  /** From those who connect to the one behind the proxy. */
  TO_TARGET,
  /** Back to those who have connected. */
  FROM_TARGET
}
