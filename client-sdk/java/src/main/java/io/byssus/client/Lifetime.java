package io.byssus.client;

import io.byssus.client.calls.Durations;
import io.byssus.proto.log.v1.Unending;
import java.time.Duration;
import java.time.Instant;

/**
 * How long a record lives, by the clock of its shard, which no client's clock has a part in. From
 * its expiry on the record is absent. Immutable.
 */
public final class Lifetime {
  private static final Lifetime UNENDING =
      new Lifetime(
          io.byssus.proto.log.v1.Lifetime.newBuilder()
              .setUnending(Unending.getDefaultInstance())
              .build());

  private final io.byssus.proto.log.v1.Lifetime proto;

  private Lifetime(io.byssus.proto.log.v1.Lifetime proto) {
    this.proto = proto;
  }

  /**
   * This long from the moment at which the write is applied.
   *
   * @param ttl 1 ms to 100 years, in whole milliseconds; a call with another fails with {@link
   *     InvalidRequestException}
   */
  public static Lifetime ttl(Duration ttl) {
    return new Lifetime(
        io.byssus.proto.log.v1.Lifetime.newBuilder().setTtlMs(Durations.millis(ttl)).build());
  }

  /**
   * Up to this moment, in whole milliseconds: after 1970. One that has passed removes the record.
   */
  public static Lifetime until(Instant expiry) {
    return new Lifetime(
        io.byssus.proto.log.v1.Lifetime.newBuilder().setExpiresMs(expiry.toEpochMilli()).build());
  }

  /** Without end, whatever the namespace's default. */
  public static Lifetime unending() {
    return UNENDING;
  }

  io.byssus.proto.log.v1.Lifetime toProto() {
    return proto;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Lifetime lifetime && proto.equals(lifetime.proto);
  }

  @Override
  public int hashCode() {
    return proto.hashCode();
  }

  @Override
  public String toString() {
    return switch (proto.getUntilCase()) {
      case TTL_MS -> Duration.ofMillis(proto.getTtlMs()).toString();
      case EXPIRES_MS -> "until " + Instant.ofEpochMilli(proto.getExpiresMs());
      case UNENDING, UNTIL_NOT_SET -> "without end";
    };
  }
}
