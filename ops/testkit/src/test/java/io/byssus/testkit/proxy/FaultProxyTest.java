package io.byssus.testkit.proxy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FaultProxyTest {
  private static final int LIMIT_MILLIS = 20_000;
  private static final int SILENCE_MILLIS = 100;

  /** Of its own: the common pool may have one thread only, and these wait for each other. */
  private final ExecutorService threads = Executors.newCachedThreadPool();

  private EchoServer echo;
  private ProxyLoop loop;
  private FaultProxy proxy;

  @BeforeEach
  void open() throws IOException {
    echo = new EchoServer();
    loop = new ProxyLoop();
    proxy = loop.open(anyPort(), echo.address());
  }

  @AfterEach
  void close() throws IOException {
    loop.close();
    echo.close();
    threads.shutdownNow();
  }

  @Test
  void whatPassesArrivesWholeAndInOrderOverManyConnections() throws Exception {
    byte[] sent = new byte[1 << 20];
    new SplittableRandom(7).nextBytes(sent);
    CompletableFuture<?>[] all = new CompletableFuture<?>[4];
    for (int i = 0; i < all.length; i++) {
      all[i] =
          CompletableFuture.runAsync(
              () -> {
                try (Socket socket = connect()) {
                  CompletableFuture<?> sending =
                      CompletableFuture.runAsync(() -> send(socket, sent), threads);
                  assertArrayEquals(sent, read(socket, sent.length));
                  sending.join();
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              },
              threads);
    }
    CompletableFuture.allOf(all).join();
  }

  @Test
  void theEndOfOneSideReachesTheOtherAfterAllThatWasSent() throws Exception {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(new byte[10_000]);
      socket.shutdownOutput();
      assertEquals(10_000, socket.getInputStream().readAllBytes().length);
    }
  }

  @Test
  void whatIsDelayedIsLateByThatInOneDirectionOnly() throws Exception {
    try (Socket socket = connect()) {
      exchange(socket, 1);
      proxy.set(Direction.FROM_TARGET, Passage.late(Duration.ofMillis(200)));
      long began = System.nanoTime();
      exchange(socket, 2);
      assertTrue(System.nanoTime() - began >= 200_000_000L);
      proxy.set(Direction.TO_TARGET, Passage.late(Duration.ofMillis(200)));
      began = System.nanoTime();
      exchange(socket, 3);
      assertTrue(System.nanoTime() - began >= 400_000_000L);
      proxy.heal();
      exchange(socket, 4);
    }
  }

  /** So short a delay is over before the loop waits again. */
  @Test
  void whatBecomesDueWhileNobodyLooksIsNotForgotten() throws Exception {
    try (Socket socket = connect()) {
      proxy.set(Passage.late(Duration.ofNanos(1_000)));
      for (int i = 0; i < 20; i++) {
        exchange(socket, i);
      }
    }
  }

  @Test
  void whatIsDroppedIsSilenceAndTheConnectionIsResetWhenBytesPassAgain() throws Exception {
    try (Socket socket = connect()) {
      exchange(socket, 1);
      proxy.set(Passage.DROP);
      socket.getOutputStream().write(2);
      assertSilent(socket);
      assertEquals(1, echo.received());
      proxy.heal();
      assertThrows(SocketException.class, () -> socket.getInputStream().read());
    }
    try (Socket socket = connect()) {
      exchange(socket, 3);
    }
  }

  @Test
  void aConnectionThatLostNothingGoesOn() throws Exception {
    try (Socket socket = connect()) {
      exchange(socket, 1);
      proxy.set(Passage.DROP);
      proxy.heal();
      exchange(socket, 2);
    }
  }

  @Test
  void oneWayCutRequestsArriveAndAnswersDoNot() throws Exception {
    try (Socket socket = connect()) {
      exchange(socket, 1);
      proxy.set(Direction.FROM_TARGET, Passage.DROP);
      socket.getOutputStream().write(2);
      assertSilent(socket);
      assertEquals(2, echo.received());
    }
  }

  @Test
  void theNewsThatASideIsGoneIsDroppedToo() throws Exception {
    try (ServerSocket target = new ServerSocket()) {
      target.bind(anyPort());
      try (FaultProxy before =
              loop.open(anyPort(), (InetSocketAddress) target.getLocalSocketAddress());
          Socket socket = connect(before)) {
        Socket accepted = target.accept();
        before.set(Direction.FROM_TARGET, Passage.DROP);
        accepted.close();
        assertSilent(socket);
        before.heal();
        assertThrows(SocketException.class, () -> socket.getInputStream().read());
      }
    }
  }

  @Test
  void aCutResetsWhatIsThereAndWhatComesUntilItIsHealed() throws Exception {
    try (Socket socket = connect()) {
      exchange(socket, 1);
      proxy.cut();
      assertThrows(SocketException.class, () -> exchange(socket, 2));
    }
    assertThrows(
        IOException.class,
        () -> {
          try (Socket socket = connect()) {
            exchange(socket, 3);
          }
        });
    assertEquals(0, proxy.connections());
    proxy.heal();
    try (Socket socket = connect()) {
      exchange(socket, 4);
      assertEquals(1, proxy.connections());
    }
  }

  @Test
  void aTargetThatIsNotThereResetsAndIsReachedOnceItIs() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket()) {
      free.bind(anyPort());
      port = free.getLocalPort();
    }
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (FaultProxy before = loop.open(anyPort(), address)) {
      try (Socket socket = connect(before)) {
        assertThrows(SocketException.class, () -> socket.getInputStream().read());
      }
      try (ServerSocket target = new ServerSocket()) {
        target.setReuseAddress(true);
        target.bind(address);
        try (Socket socket = connect(before);
            Socket accepted = target.accept()) {
          accepted.getOutputStream().write(5);
          assertEquals(5, socket.getInputStream().read());
        }
      }
    }
  }

  @Test
  void aReceiverThatDoesNotReadSlowsTheSenderAndFillsNothingWithoutBound() throws Exception {
    try (ServerSocket target = new ServerSocket()) {
      target.bind(anyPort());
      try (FaultProxy before =
              loop.open(anyPort(), (InetSocketAddress) target.getLocalSocketAddress());
          Socket socket = connect(before);
          Socket neverReads = target.accept()) {
        long most = 4L * Pipe.MOST_WAITING_BYTES + 64 * (1 << 20);
        CompletableFuture<Long> stopped =
            CompletableFuture.supplyAsync(() -> sendUntilStuck(socket, most), threads);
        assertTrue(stopped.join() < most, "the sender was never slowed");
        assertTrue(neverReads.isConnected());
      }
    }
  }

  /** How much could be sent before nothing more went through for a while. */
  private static long sendUntilStuck(Socket socket, long most) {
    byte[] piece = new byte[1 << 16];
    long[] sent = new long[1];
    Thread sender =
        new Thread(
            () -> {
              try {
                while (sent[0] < most) {
                  socket.getOutputStream().write(piece);
                  sent[0] += piece.length;
                }
              } catch (IOException e) {
                // Closed by the test: it was stuck.
              }
            });
    sender.setDaemon(true);
    sender.start();
    try {
      sender.join(1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return sent[0];
  }

  private Socket connect() throws IOException {
    return connect(proxy);
  }

  private static Socket connect(FaultProxy to) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), to.port());
    socket.setSoTimeout(LIMIT_MILLIS);
    return socket;
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static void send(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] read(Socket socket, int count) throws IOException {
    byte[] bytes = new byte[count];
    new DataInputStream(socket.getInputStream()).readFully(bytes);
    return bytes;
  }

  private static void exchange(Socket socket, int value) throws IOException {
    socket.getOutputStream().write(value);
    int answer = socket.getInputStream().read();
    if (answer < 0) {
      throw new SocketException("the connection ended");
    }
    assertEquals(value, answer);
  }

  private static void assertSilent(Socket socket) throws IOException {
    socket.setSoTimeout(SILENCE_MILLIS);
    assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
    socket.setSoTimeout(LIMIT_MILLIS);
  }
}
