package io.byssus.bench.ceilings;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Connections to a Redis, each with one request under way and no pipelining, all driven by the
 * caller's thread: the way of Redis' own benchmark.
 */
public final class RedisLanes implements AutoCloseable {
  private static final byte[] LINE_END = {'\r', '\n'};

  /** A Redis that is there answers within milliseconds, and a batch of a load within a second. */
  private static final Duration MOST_SILENCE = Duration.ofSeconds(10);

  private final Selector selector;
  private final List<Lane> lanes = new ArrayList<>();
  private final Duration mostSilence;

  /** Connects. */
  public RedisLanes(int port, int connections) throws IOException {
    this(port, connections, MOST_SILENCE);
  }

  /**
   * Connects.
   *
   * @param mostSilence after which a Redis that answers nobody counts as gone
   */
  RedisLanes(int port, int connections, Duration mostSilence) throws IOException {
    this.mostSilence = mostSilence;
    this.selector = Selector.open();
    for (int i = 0; i < connections; i++) {
      SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
      channel.socket().setTcpNoDelay(true);
      channel.configureBlocking(false);
      lanes.add(new Lane(channel));
      channel.register(selector, SelectionKey.OP_READ, lanes.get(i));
    }
  }

  /** A request in Redis' protocol: an array of byte strings. */
  public static byte[] request(byte[]... words) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(ascii("*" + words.length));
    bytes.writeBytes(LINE_END);
    for (byte[] word : words) {
      bytes.writeBytes(ascii("$" + word.length));
      bytes.writeBytes(LINE_END);
      bytes.writeBytes(word);
      bytes.writeBytes(LINE_END);
    }
    return bytes.toByteArray();
  }

  /** A word of a request. */
  public static byte[] ascii(String word) {
    return word.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Keeps every connection busy for a while, and until the last answer.
   *
   * @return answers a second
   * @throws IOException where the connection ends, Redis answers an error or that something is not
   *     there, or stops answering
   */
  public double run(Duration length, Supplier<byte[]> requests) throws IOException {
    long begin = System.nanoTime();
    long answers = answers(() -> System.nanoTime() - begin < length.toNanos(), requests);
    return answers / ((System.nanoTime() - begin) / 1e9);
  }

  /** Sends these requests, and waits for all answers. */
  public void send(List<byte[]> requests) throws IOException {
    var left = requests.iterator();
    answers(left::hasNext, left::next);
  }

  private interface Going {
    boolean on();
  }

  private long answers(Going going, Supplier<byte[]> requests) throws IOException {
    int busy = 0;
    for (Lane lane : lanes) {
      if (going.on()) {
        lane.send(requests.get());
        busy++;
      }
    }
    long answers = 0;
    while (busy > 0) {
      if (selector.select(mostSilence.toMillis()) == 0) {
        throw new IOException(
            "Redis has been silent for " + mostSilence + ", with " + busy + " requests under way");
      }
      for (SelectionKey key : selector.selectedKeys()) {
        Lane lane = (Lane) key.attachment();
        if (lane.goOn()) {
          answers++;
          busy--;
          if (going.on()) {
            lane.send(requests.get());
            busy++;
          }
        }
      }
      selector.selectedKeys().clear();
    }
    return answers;
  }

  @Override
  public void close() throws IOException {
    for (Lane lane : lanes) {
      lane.channel.close();
    }
    selector.close();
  }

  /** One connection. */
  private final class Lane {
    final SocketChannel channel;
    private ByteBuffer request = ByteBuffer.allocate(0);
    private final RedisAnswer answer = new RedisAnswer();

    Lane(SocketChannel channel) {
      this.channel = channel;
    }

    void send(byte[] bytes) throws IOException {
      request = ByteBuffer.wrap(bytes);
      answer.begin();
      write();
    }

    /** Goes on with writing and reading; tells whether the answer is whole. */
    boolean goOn() throws IOException {
      if (request.hasRemaining()) {
        write();
      }
      if (channel.read(answer.room()) < 0) {
        throw new EOFException("Redis has closed the connection");
      }
      return answer.isWhole();
    }

    private void write() throws IOException {
      channel.write(request);
      int also = request.hasRemaining() ? SelectionKey.OP_WRITE : 0;
      channel.keyFor(selector).interestOps(SelectionKey.OP_READ | also);
    }
  }
}
