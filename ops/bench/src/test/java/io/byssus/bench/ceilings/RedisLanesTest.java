package io.byssus.bench.ceilings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RedisLanesTest {
  private static final byte[] PING = RedisLanes.request(RedisLanes.ascii("PING"));

  @Test
  void aRedisThatStopsAnsweringIsGivenUp() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 4, InetAddress.getLoopbackAddress());
        RedisLanes lanes = new RedisLanes(server.getLocalPort(), 2, Duration.ofMillis(100))) {
      IOException silent =
          assertThrows(IOException.class, () -> lanes.send(List.of(PING, PING, PING)));
      assertEquals(
          "Redis has been silent for PT0.1S, with 2 requests under way", silent.getMessage());
    }
  }

  @Test
  void aRedisThatGoesAwayIsAFailure() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 4, InetAddress.getLoopbackAddress());
        RedisLanes lanes = new RedisLanes(server.getLocalPort(), 1)) {
      server.accept().close();
      assertThrows(IOException.class, () -> lanes.send(List.of(PING)));
    }
  }

  @Test
  void everyRequestIsAnswered() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 4, InetAddress.getLoopbackAddress());
        RedisLanes lanes = new RedisLanes(server.getLocalPort(), 1)) {
      try (Socket redis = server.accept()) {
        Thread answering = new Thread(() -> answer(redis, 3), "redis-of-a-test");
        answering.start();
        lanes.send(List.of(PING, PING, PING));
        answering.join();
      }
    }
  }

  private static void answer(Socket socket, int requests) {
    try {
      for (int i = 0; i < requests; i++) {
        assertEquals(PING.length, socket.getInputStream().readNBytes(PING.length).length);
        socket.getOutputStream().write("+PONG\r\n".getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
