package io.byssus.testkit.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Stands before one listening address: who connects to the proxy is connected to the target. A
 * connection that the target does not take is reset.
 *
 * <p>Everything passes at first. A change holds for the connections that there are and for those to
 * come, and has taken place when the method returns. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {
  private static final int BACKLOG = 128;

  private final ProxyLoop loop;
  private final InetSocketAddress target;
  private final ServerSocketChannel listener;
  private final int port;
  // From here on all belongs to the loop's thread.
  private final Set<Link> links = new LinkedHashSet<>();
  private final Map<Direction, Passage> passages = new EnumMap<>(Direction.class);
  private boolean cut;

  FaultProxy(ProxyLoop loop, InetSocketAddress listen, InetSocketAddress target)
      throws IOException {
    this.loop = loop;
    this.target = target;
    for (Direction direction : Direction.values()) {
      passages.put(direction, Passage.PASS);
    }
    this.listener = ServerSocketChannel.open();
    try {
      listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      listener.bind(listen, BACKLOG);
      listener.configureBlocking(false);
      this.port = listener.socket().getLocalPort();
    } catch (IOException e) {
      listener.close();
      throw e;
    }
  }

  /** Where it listens. */
  public int port() {
    return port;
  }

  /** Changes what happens to the bytes of one direction. */
  public void set(Direction direction, Passage passage) {
    loop.run(() -> change(direction, passage));
  }

  /** Changes what happens to all bytes. */
  public void set(Passage passage) {
    loop.run(
        () -> {
          for (Direction direction : Direction.values()) {
            change(direction, passage);
          }
        });
  }

  /** Resets every connection, and from now on every new one at once. */
  public void cut() {
    loop.run(
        () -> {
          cut = true;
          List.copyOf(links).forEach(Link::reset);
        });
  }

  /** Lets everything pass again. */
  public void heal() {
    loop.run(
        () -> {
          cut = false;
          for (Direction direction : Direction.values()) {
            change(direction, Passage.PASS);
          }
        });
  }

  /** How many connections go through it. */
  public int connections() {
    int[] count = new int[1];
    loop.run(() -> count[0] = links.size());
    return count[0];
  }

  /** Resets every connection and listens no more. */
  @Override
  public void close() {
    loop.run(
        () -> {
          List.copyOf(links).forEach(Link::reset);
          try {
            listener.close();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          loop.forget(this);
        });
  }

  private void change(Direction direction, Passage passage) {
    passages.put(direction, passage);
    List.copyOf(links).forEach(link -> link.change(direction, passage));
  }

  void listen(Selector selector) throws IOException {
    listener.register(selector, SelectionKey.OP_ACCEPT, this);
  }

  /** Takes the connections that have come. */
  void accept(Selector selector) throws IOException {
    for (SocketChannel client = listener.accept(); client != null; client = listener.accept()) {
      try {
        Link link = Link.open(this, client, selector);
        links.add(link);
        if (cut) {
          link.reset();
        } else {
          link.connect(target);
        }
      } catch (IOException e) {
        // Whoever it was is gone already, and the others are to be served.
        client.close();
      }
    }
  }

  Set<Link> links() {
    return links;
  }

  Passage passage(Direction direction) {
    return passages.get(direction);
  }

  void ended(Link link) {
    links.remove(link);
  }
}
