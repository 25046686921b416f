package io.byssus.testkit.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * One connection through a proxy: two sockets and a pipe each way. Belongs to the loop's thread.
 */
final class Link {
  private final FaultProxy proxy;
  private final SocketChannel client;
  private final SocketChannel target;
  private final Pipe toTarget;
  private final Pipe fromTarget;
  private final SelectionKey clientKey;
  private final SelectionKey targetKey;
  private boolean connected;
  private boolean closed;

  private Link(FaultProxy proxy, SocketChannel client, SocketChannel target, Selector selector)
      throws IOException {
    this.proxy = proxy;
    this.client = client;
    this.target = target;
    this.toTarget = new Pipe(client, target, proxy.passage(Direction.TO_TARGET));
    this.fromTarget = new Pipe(target, client, proxy.passage(Direction.FROM_TARGET));
    this.clientKey = client.register(selector, 0, this);
    this.targetKey = target.register(selector, SelectionKey.OP_CONNECT, this);
  }

  /** A link for an accepted connection, not yet connected to the target. */
  static Link open(FaultProxy proxy, SocketChannel client, Selector selector) throws IOException {
    SocketChannel target = SocketChannel.open();
    try {
      for (SocketChannel socket : new SocketChannel[] {client, target}) {
        socket.configureBlocking(false);
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
      return new Link(proxy, client, target, selector);
    } catch (IOException e) {
      target.close();
      throw e;
    }
  }

  /** Begins to connect to the target. */
  void connect(InetSocketAddress address) {
    try {
      connected = target.connect(address);
    } catch (IOException e) {
      reset();
    }
  }

  /** Deals with what the selector has found. */
  void ready(ByteBuffer buffer, long nowNanos) {
    try {
      if (!connected && targetKey.isConnectable()) {
        connected = target.finishConnect();
      }
    } catch (IOException e) {
      reset();
      return;
    }
    move(client, clientKey, toTarget, fromTarget, buffer, nowNanos);
    move(target, targetKey, fromTarget, toTarget, buffer, nowNanos);
    settle(nowNanos);
  }

  /** Reads from a socket into one pipe and writes to it from the other. */
  private void move(
      SocketChannel socket,
      SelectionKey key,
      Pipe outOf,
      Pipe into,
      ByteBuffer buffer,
      long nowNanos) {
    if (closed || !connected || !socket.isOpen()) {
      return;
    }
    try {
      if (key.isReadable() && outOf.wantsRead()) {
        outOf.read(buffer, nowNanos);
      }
      into.write(nowNanos);
    } catch (IOException e) {
      if (outOf.swallowsBreak()) {
        closeQuietly(socket);
      } else {
        reset();
      }
    }
  }

  /** Writes what has become due, and says what is to be waited for next. */
  void settle(long nowNanos) {
    if (closed) {
      return;
    }
    try {
      if (connected) {
        if (target.isOpen()) {
          toTarget.write(nowNanos);
        }
        if (client.isOpen()) {
          fromTarget.write(nowNanos);
        }
        interest(clientKey, toTarget, fromTarget, nowNanos);
        interest(targetKey, fromTarget, toTarget, nowNanos);
      }
      if (toTarget.finished() && fromTarget.finished()) {
        close();
      }
    } catch (IOException | CancelledKeyException e) {
      reset();
    }
  }

  private static void interest(SelectionKey key, Pipe outOf, Pipe into, long nowNanos) {
    if (key.isValid()) {
      key.interestOps(
          (outOf.wantsRead() ? SelectionKey.OP_READ : 0)
              | (into.due(nowNanos) ? SelectionKey.OP_WRITE : 0));
    }
  }

  long nanosUntilDue(long nowNanos) {
    // What is due and not written waits for the socket, not for time.
    long one = toTarget.due(nowNanos) ? Long.MAX_VALUE : toTarget.nanosUntilDue(nowNanos);
    long other = fromTarget.due(nowNanos) ? Long.MAX_VALUE : fromTarget.nanosUntilDue(nowNanos);
    return Math.min(one, other);
  }

  /** Changes what happens to the bytes of a direction. */
  void change(Direction direction, Passage passage) {
    if (!(direction == Direction.TO_TARGET ? toTarget : fromTarget).change(passage)) {
      reset();
    }
  }

  /** Ends both connections by RST. */
  void reset() {
    for (SocketChannel socket : new SocketChannel[] {client, target}) {
      try {
        socket.setOption(StandardSocketOptions.SO_LINGER, 0);
      } catch (IOException e) {
        // It is closed already.
      }
    }
    close();
  }

  private void close() {
    closed = true;
    closeQuietly(client);
    closeQuietly(target);
    proxy.ended(this);
  }

  private static void closeQuietly(SocketChannel socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // Nothing more can be done with it, which is what closing is for.
    }
  }
}
