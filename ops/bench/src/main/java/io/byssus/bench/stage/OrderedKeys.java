package io.byssus.bench.stage;

import io.byssus.client.Key;
import java.nio.ByteBuffer;

/** Keys of 16 bytes under which neighbours can be scanned: 1,000 of them to a partition key. */
public final class OrderedKeys {
  private static final int NEIGHBOURS = 1_000;

  private OrderedKeys() {}

  /** The key of a record. */
  public static Key key(long number) {
    return Key.of(bytes(number / NEIGHBOURS), bytes(number));
  }

  private static byte[] bytes(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }
}
