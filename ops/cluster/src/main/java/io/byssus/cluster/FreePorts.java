package io.byssus.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Loopback ports for processes that keep their port over restarts.
 *
 * <p>A port that the operating system picked can be picked again, for anybody's outgoing
 * connection, while its owner is down for a moment. So these come from below the ranges that Linux
 * (from 32,768) and macOS (from 49,152) pick from, at random so that two clusters on one machine
 * rarely meet; each was free a moment ago, and none is given twice.
 */
final class FreePorts {
  private static final int LOWEST = 20_000;
  private static final int BEYOND = 32_000;
  private static final int ATTEMPTS = 1_000;

  private final RandomGenerator random;
  private final Set<Integer> given = new HashSet<>();

  FreePorts(RandomGenerator random) {
    this.random = random;
  }

  /** Whether nobody listens on a loopback port. */
  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * A port that is free now and was not given before.
   *
   * @throws IllegalStateException where none was found
   */
  int next() {
    for (int i = 0; i < ATTEMPTS; i++) {
      int port = random.nextInt(LOWEST, BEYOND);
      if (!given.contains(port) && isFree(port)) {
        given.add(port);
        return port;
      }
    }
    throw new IllegalStateException(
        "no free loopback port from " + LOWEST + " to " + BEYOND + " in " + ATTEMPTS + " tries");
  }
}
