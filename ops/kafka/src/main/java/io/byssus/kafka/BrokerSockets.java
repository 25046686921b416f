package io.byssus.kafka;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.server.ServerSocketFactory;

/**
 * The broker's two listening sockets, bound before the broker exists, so that nobody else can take
 * the ports in between. Closing closes both, whether or not the broker has taken them over.
 */
final class BrokerSockets implements ServerSocketFactory, AutoCloseable {
  // Below the ports that Linux and macOS hand to outgoing connections. A broker is restarted on
  // its port, and while it is down nothing must be able to take that port by chance: not even a
  // client that keeps dialling it, which can end up connected to itself.
  private static final int FIRST_PORT = 20_000;
  private static final int LAST_PORT = 32_000;
  private static final int ATTEMPTS = 100;
  private static final int BACKLOG = 50;

  private final ServerSocketChannel client;
  private final ServerSocketChannel controller;

  private BrokerSockets(ServerSocketChannel client, ServerSocketChannel controller) {
    this.client = client;
    this.controller = controller;
  }

  /** Binds both; {@code clientPort} 0 means any free port. */
  static BrokerSockets bind(int clientPort) throws IOException {
    var client = clientPort == 0 ? bindAny() : bindOne(clientPort);
    try {
      return new BrokerSockets(client, bindAny());
    } catch (IOException e) {
      client.close();
      throw e;
    }
  }

  int clientPort() {
    return client.socket().getLocalPort();
  }

  int controllerPort() {
    return controller.socket().getLocalPort();
  }

  @Override
  public ServerSocketChannel openServerSocket(
      String listenerName, InetSocketAddress address, int backlog, int receiveBufferBytes) {
    return listenerName.equals(BrokerSettings.CLIENT_LISTENER) ? client : controller;
  }

  @Override
  public void close() throws IOException {
    try (client) {
      controller.close();
    }
  }

  private static ServerSocketChannel bindAny() throws IOException {
    BindException last = null;
    for (int i = 0; i < ATTEMPTS; i++) {
      try {
        return bindOne(ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT));
      } catch (BindException e) {
        last = e;
      }
    }
    throw last;
  }

  private static ServerSocketChannel bindOne(int port) throws IOException {
    var channel = ServerSocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(new InetSocketAddress(BrokerSettings.HOST, port), BACKLOG);
      // Kafka's acceptor drives the channel by a selector.
      channel.configureBlocking(false);
      return channel;
    } catch (IOException e) {
      channel.close();
      var named =
          new BindException(
              "cannot listen on " + BrokerSettings.HOST + ":" + port + ": " + e.getMessage());
      named.initCause(e);
      throw named;
    }
  }
}
