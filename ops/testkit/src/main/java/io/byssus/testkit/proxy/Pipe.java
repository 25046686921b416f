package io.byssus.testkit.proxy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;

/**
 * One direction of one connection: what was read and is not yet written, with the moment from which
 * it may be. Belongs to the loop's thread.
 */
final class Pipe {
  /** How much may wait in one pipe; a full one is not read from, so that its sender is slowed. */
  static final int MOST_WAITING_BYTES = 4 << 20;

  private final SocketChannel from;
  private final SocketChannel to;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private Passage passage;
  private int waitingBytes;
  private boolean ended;
  private boolean endPassed;
  private boolean lost;

  private record Waiting(long dueNanos, ByteBuffer bytes) {}

  Pipe(SocketChannel from, SocketChannel to, Passage passage) {
    this.from = from;
    this.to = to;
    this.passage = passage;
  }

  /**
   * Changes what happens to bytes from now on.
   *
   * @return whether the connection can go on: not where it has lost something and would pass again
   */
  boolean change(Passage next) {
    passage = next;
    if (next.drops()) {
      lost |= !waiting.isEmpty();
      waiting.clear();
      waitingBytes = 0;
    }
    return next.drops() || !lost;
  }

  /** Reads what there is. */
  void read(ByteBuffer buffer, long nowNanos) throws IOException {
    buffer.clear();
    int count = from.read(buffer);
    if (count < 0) {
      ended = true;
      lost |= passage.drops();
    } else if (passage.drops()) {
      lost |= count > 0;
    } else if (count > 0) {
      ByteBuffer copy = ByteBuffer.allocate(count).put(buffer.flip()).flip();
      waiting.add(new Waiting(nowNanos + passage.delay().toNanos(), copy));
      waitingBytes += count;
    }
  }

  /** Writes what is due, and passes the end on when all before it is written. */
  void write(long nowNanos) throws IOException {
    while (due(nowNanos)) {
      ByteBuffer bytes = waiting.peek().bytes();
      waitingBytes -= to.write(bytes);
      if (bytes.hasRemaining()) {
        return;
      }
      waiting.remove();
    }
    if (ended && !endPassed && waiting.isEmpty() && !lost) {
      endPassed = true;
      to.shutdownOutput();
    }
  }

  /** The sender's end is broken. Swallowed as bytes are; else the connection is to be reset. */
  boolean swallowsBreak() {
    ended = true;
    lost |= passage.drops();
    return passage.drops();
  }

  boolean wantsRead() {
    return !ended && waitingBytes < MOST_WAITING_BYTES;
  }

  boolean due(long nowNanos) {
    return !waiting.isEmpty() && waiting.peek().dueNanos() - nowNanos <= 0;
  }

  /** How long until something is due; {@link Long#MAX_VALUE} where nothing waits. */
  long nanosUntilDue(long nowNanos) {
    return waiting.isEmpty() ? Long.MAX_VALUE : Math.max(0, waiting.peek().dueNanos() - nowNanos);
  }

  boolean finished() {
    return endPassed;
  }
}
