package io.byssus.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FreePortsTest {
  @Test
  void noPortIsGivenTwiceAndAllLieBelowWhatSystemsPickFrom() {
    Set<Integer> given = new HashSet<>();
    try (FreePorts ports = new FreePorts(new SplittableRandom(1));
        FreePorts others = new FreePorts(new SplittableRandom(1))) {
      for (int i = 0; i < 100; i++) {
        for (int port : new int[] {ports.next(), others.next()}) {
          assertTrue(given.add(port));
          assertTrue(port >= 20_000 && port < 32_000, () -> "port " + port);
        }
      }
    }
  }

  @Test
  void aPortWithAListenerIsPassedOver() throws IOException {
    int first = firstOf(7);
    try (ServerSocket taken = new ServerSocket(first, 1, InetAddress.getLoopbackAddress())) {
      assertFalse(FreePorts.isFree(taken.getLocalPort()));
      assertNotEquals(first, firstOf(7));
    }
    assertEquals(first, firstOf(7));
  }

  @Test
  void whatAnotherProcessHasReservedIsPassedOverUntilThatEnds() throws Exception {
    long seed = new SplittableRandom().nextLong();
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-cp",
                System.getProperty("java.class.path"),
                PortHolder.class.getName(),
                Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int held;
    try (var told = other.inputReader()) {
      held = Integer.parseInt(told.readLine());
      assertNotEquals(held, firstOf(seed));
    } finally {
      other.destroyForcibly();
      assertTrue(other.waitFor(20, TimeUnit.SECONDS));
    }
    assertEquals(held, firstOf(seed));
  }

  private static int firstOf(long seed) {
    try (FreePorts ports = new FreePorts(new SplittableRandom(seed))) {
      return ports.next();
    }
  }
}
