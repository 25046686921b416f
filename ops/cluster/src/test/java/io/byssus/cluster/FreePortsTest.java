package io.byssus.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FreePortsTest {
  @Test
  void noPortIsGivenTwiceAndAllLieBelowWhatSystemsPickFrom() {
    FreePorts ports = new FreePorts(new SplittableRandom(1));
    Set<Integer> given = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      int port = ports.next();
      assertTrue(given.add(port));
      assertTrue(port >= 20_000 && port < 32_000, () -> "port " + port);
    }
  }

  @Test
  void aPortWithAListenerIsPassedOver() throws IOException {
    int first = new FreePorts(new SplittableRandom(7)).next();
    try (ServerSocket taken = new ServerSocket(first, 1, InetAddress.getLoopbackAddress())) {
      assertFalse(FreePorts.isFree(taken.getLocalPort()));
      assertNotEquals(first, new FreePorts(new SplittableRandom(7)).next());
    }
    assertEquals(first, new FreePorts(new SplittableRandom(7)).next());
  }
}
