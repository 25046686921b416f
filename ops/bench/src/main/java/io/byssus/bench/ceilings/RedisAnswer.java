package io.byssus.bench.ceilings;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** An answer in Redis' protocol, as it arrives: a status, a number, a value, or values. */
final class RedisAnswer {
  private static final int FIRST_BYTES = 1 << 16;

  private ByteBuffer bytes = ByteBuffer.allocate(FIRST_BYTES);

  void begin() {
    bytes.clear();
  }

  /** Where what arrives goes. */
  ByteBuffer room() {
    if (!bytes.hasRemaining()) {
      bytes = ByteBuffer.allocate(2 * bytes.capacity()).put(bytes.flip());
    }
    return bytes;
  }

  /**
   * Whether it is there from its beginning to its end.
   *
   * @throws IOException where it is an error, or a value is not there
   */
  boolean isWhole() throws IOException {
    int end = end(0);
    if (end >= 0 && end != bytes.position()) {
      throw new IOException("Redis answers more than it was asked");
    }
    return end >= 0;
  }

  /** Where the item that begins here ends; -1: not yet there. */
  private int end(int from) throws IOException {
    int line = lineEnd(from);
    if (line < 0) {
      return -1;
    }
    switch (bytes.get(from)) {
      case '+', ':':
        return line;
      case '$':
        int length = number(from + 1, line);
        if (length < 0) {
          throw new IOException("Redis does not have a record");
        }
        int end = line + length + 2;
        return end <= bytes.position() ? end : -1;
      case '*':
        int at = line;
        for (int items = number(from + 1, line); items > 0 && at >= 0; items--) {
          at = at < bytes.position() ? end(at) : -1;
        }
        return at;
      default:
        throw new IOException("Redis answers: " + text(from, line));
    }
  }

  /** Behind the line that begins here; -1: its end is not yet there. */
  private int lineEnd(int from) {
    for (int i = from; i + 1 < bytes.position(); i++) {
      if (bytes.get(i) == '\r' && bytes.get(i + 1) == '\n') {
        return i + 2;
      }
    }
    return -1;
  }

  private int number(int from, int lineEnd) {
    return Integer.parseInt(text(from, lineEnd));
  }

  private String text(int from, int lineEnd) {
    return new String(bytes.array(), from, lineEnd - 2 - from, StandardCharsets.US_ASCII);
  }
}
