package io.byssus.client;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Request ids for callers that bring none. */
final class RequestIds {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private RequestIds() {}

  /** 16 hexadecimal digits: a random start per client, then a walk that meets every number once. */
  static Supplier<String> random() {
    AtomicLong next = new AtomicLong(new SecureRandom().nextLong());
    return () -> HexFormat.of().toHexDigits(next.getAndAdd(GOLDEN));
  }
}
