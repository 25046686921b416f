package io.byssus.client.calls;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One dispatcher: its connection, and whether it is worth trying. */
public final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  /** For how long a dispatcher that failed is only tried where no other is left. */
  private static final long AVOIDED_NANOS = 1_000_000_000L;

  /** How often a broken connection is tried anew while calls wait for it. */
  private static final long RECONNECT_NANOS = 100_000_000L;

  private static final long NEVER = Long.MIN_VALUE;

  private final String address;
  private final ManagedChannel channel;
  private final boolean direct;
  private final LongSupplier nanoTime;
  private final AtomicLong lastReconnect = new AtomicLong(NEVER);

  /** The moment of the last failure; {@link #NEVER} since a call succeeded. */
  private volatile long failedAt = NEVER;

  /**
   * @param nanoTime a monotonic clock
   */
  Dispatcher(String address, ManagedChannel channel, LongSupplier nanoTime) {
    this(address, channel, nanoTime, false);
  }

  private Dispatcher(
      String address, ManagedChannel channel, LongSupplier nanoTime, boolean direct) {
    this.direct = direct;
    this.address = address;
    this.channel = channel;
    this.nanoTime = nanoTime;
  }

  /** The servers themselves, asked in the place of a dispatcher. */
  public static Dispatcher direct(ManagedChannel servers, LongSupplier nanoTime) {
    return new Dispatcher("servers", servers, nanoTime, true);
  }

  /** Whether it stands for the servers: what it fails with, a dispatcher may do. */
  boolean isDirect() {
    return direct;
  }

  String address() {
    return address;
  }

  /**
   * The connection, told to connect at once where it is waiting to: gRPC alone waits up to two
   * minutes before it looks again for a process that was restarted.
   */
  ManagedChannel channel() {
    if (failedAt != NEVER
        && channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE
        && claimReconnect()) {
      channel.resetConnectBackoff();
    }
    return channel;
  }

  private boolean claimReconnect() {
    long nowNanos = nanoTime.getAsLong();
    long last = lastReconnect.get();
    return (last == NEVER || nowNanos - last >= RECONNECT_NANOS)
        && lastReconnect.compareAndSet(last, nowNanos);
  }

  /** Whether it failed a moment ago. */
  boolean isAvoided() {
    long failed = failedAt;
    return failed != NEVER && nanoTime.getAsLong() - failed < AVOIDED_NANOS;
  }

  void succeeded() {
    if (failedAt != NEVER) {
      failedAt = NEVER;
      LOG.info("dispatcher answers again address={}", address);
    }
  }

  void failed(CallFailure failure) {
    if (failedAt == NEVER) {
      LOG.info("dispatcher failed address={} reason={}", address, failure.message());
    }
    failedAt = nanoTime.getAsLong();
  }

  void close() {
    channel.shutdownNow();
  }
}
