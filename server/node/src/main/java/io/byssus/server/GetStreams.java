package io.byssus.server;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.process.CallCriticality;
import io.byssus.process.LatencyBuckets;
import io.byssus.proto.kv.v1.Criticality;
import io.grpc.Context;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the reads by {@link GetStream} of all callers have in common: room for those that wait for
 * something, and what operators are told of them, since they are no calls of their own.
 */
final class GetStreams {
  /** As many as calls may be open. */
  static final int MOST_WAITING = 4_096;

  private final ReadWaits waits;
  private final MeterRegistry registry;
  private final AtomicInteger waiting = new AtomicInteger();
  private final Timer latency;
  private final Map<String, Counter> failures = new ConcurrentHashMap<>();

  GetStreams(ReadWaits waits, MeterRegistry registry) {
    this.waits = waits;
    this.registry = registry;
    this.latency =
        Timer.builder("byssus.server.gets.latency")
            .description("Of streamed reads of single records: from arrival to answer")
            .serviceLevelObjectives(LatencyBuckets.all())
            .register(registry);
    registry.gauge("byssus.server.gets.waiting", this, GetStreams::waiting);
  }

  /** How many wait now. */
  int waiting() {
    return waiting.get();
  }

  /**
   * A read begins to wait.
   *
   * @throws ByssusException OVERLOADED
   */
  void enter(Criticality criticality) {
    int most = CallCriticality.share(criticality, MOST_WAITING);
    if (waiting.incrementAndGet() > most) {
      waiting.decrementAndGet();
      throw new ByssusException(
          ErrorCode.OVERLOADED,
          most + " reads of single records wait already, as many as may for one to be let in");
    }
  }

  /** A read waits no more. */
  void leave() {
    waiting.decrementAndGet();
  }

  /** A gRPC context for a read, which has no call of its own. */
  Context.CancellableContext within(long millis) {
    return waits.within(millis, TimeUnit.MILLISECONDS);
  }

  /**
   * A read is answered.
   *
   * @param error why it failed; empty where it did not
   */
  void answered(String error, long nanos) {
    latency.record(nanos, TimeUnit.NANOSECONDS);
    if (!error.isEmpty()) {
      failures.computeIfAbsent(error, this::failure).increment();
    }
  }

  private Counter failure(String error) {
    return Counter.builder("byssus.server.gets.failed")
        .description("Streamed reads of single records that failed, by error code")
        .tag("code", error)
        .register(registry);
  }
}
