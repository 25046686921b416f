package io.byssus.client;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One dispatcher: its connection, and whether it is worth trying. */
final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  /** For how long a dispatcher that failed is only tried where no other is left. */
  private static final long AVOIDED_NANOS = 1_000_000_000L;

  /** How often a broken connection is tried anew while calls wait for it. */
  private static final long RECONNECT_NANOS = 100_000_000L;

  private static final long NEVER = Long.MIN_VALUE;

  private final String address;
  private final ManagedChannel channel;
  private final AtomicLong lastReconnect = new AtomicLong(NEVER);

  /** The moment of the last failure; {@link #NEVER} since a call succeeded. */
  private volatile long failedAt = NEVER;

  Dispatcher(String address, ManagedChannel channel) {
    this.address = address;
    this.channel = channel;
  }

  String address() {
    return address;
  }

  /**
   * The connection, told to connect at once where it is waiting to: gRPC alone waits up to two
   * minutes before it looks again for a process that was restarted.
   */
  ManagedChannel channel(long nowNanos) {
    if (failedAt != NEVER
        && channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE
        && claimReconnect(nowNanos)) {
      channel.resetConnectBackoff();
    }
    return channel;
  }

  private boolean claimReconnect(long nowNanos) {
    long last = lastReconnect.get();
    return (last == NEVER || nowNanos - last >= RECONNECT_NANOS)
        && lastReconnect.compareAndSet(last, nowNanos);
  }

  boolean avoided(long nowNanos) {
    long failed = failedAt;
    return failed != NEVER && nowNanos - failed < AVOIDED_NANOS;
  }

  void succeeded() {
    if (failedAt != NEVER) {
      failedAt = NEVER;
      LOG.info("dispatcher answers again address={}", address);
    }
  }

  void failed(long nowNanos, CallFailure failure) {
    if (failedAt == NEVER) {
      LOG.info("dispatcher failed address={} reason={}", address, failure.message());
    }
    failedAt = nowNanos;
  }

  void close() {
    channel.shutdownNow();
  }
}
