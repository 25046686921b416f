package io.byssus.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * Loopback ports for processes that keep their port over restarts.
 *
 * <p>A port that the operating system picked can be picked again, for anybody's outgoing
 * connection, while its owner is down for a moment. So these come from below the ranges that Linux
 * (from 32,768) and macOS (from 49,152) pick from. Another cluster on this machine does not take
 * them in such a moment either: each is reserved by a lock on a file in the system's folder for
 * temporary files, from when it is given until {@link #close()} or the end of this process.
 *
 * <p>For use by one thread.
 */
final class FreePorts implements AutoCloseable {
  private static final int LOWEST = 20_000;
  private static final int BEYOND = 32_000;
  private static final int ATTEMPTS = 1_000;

  /**
   * What this process has reserved. Asked before a lock file is touched: closing a second channel
   * to a file would end this process's lock on it.
   */
  private static final Set<Integer> RESERVED = ConcurrentHashMap.newKeySet();

  private final RandomGenerator random;
  private final Map<Integer, FileChannel> given = new LinkedHashMap<>();

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
   * A port that is free now and reserved by nobody.
   *
   * @throws IllegalStateException where none was found
   * @throws UncheckedIOException where the folder for temporary files cannot be written
   */
  int next() {
    for (int i = 0; i < ATTEMPTS; i++) {
      int port = random.nextInt(LOWEST, BEYOND);
      if (reserve(port)) {
        return port;
      }
    }
    throw new IllegalStateException(
        "no free loopback port from " + LOWEST + " to " + BEYOND + " in " + ATTEMPTS + " tries");
  }

  /** Ends the reservations. */
  @Override
  public void close() {
    given.forEach(FreePorts::release);
    given.clear();
  }

  private boolean reserve(int port) {
    if (!RESERVED.add(port)) {
      return false;
    }
    try {
      FileChannel lock = lockFile(port);
      if (lock.tryLock() != null && isFree(port)) {
        given.put(port, lock);
        return true;
      }
      release(port, lock);
      return false;
    } catch (IOException e) {
      RESERVED.remove(port);
      throw new UncheckedIOException("port " + port + " cannot be reserved", e);
    }
  }

  private static FileChannel lockFile(int port) throws IOException {
    Path folder =
        Path.of(
            System.getProperty("java.io.tmpdir"),
            "byssus-ports-" + System.getProperty("user.name"));
    Files.createDirectories(folder);
    return FileChannel.open(
        folder.resolve(port + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private static void release(int port, FileChannel lock) {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException("port " + port + " cannot be given back", e);
    } finally {
      RESERVED.remove(port);
    }
  }
}
