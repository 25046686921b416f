package io.byssus.process;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts calls, from the moment the transport sees them to the moment it is done with them, so that
 * waiting for a thread is part of the latency and a cancelled call is never left open.
 *
 * <p>Methods nobody serves share one name: what a stranger calls must not become a metric each.
 */
final class CallMetrics extends ServerStreamTracer.Factory {
  private static final String UNKNOWN = "unknown";

  private final MeterRegistry registry;
  private final Set<String> methods;
  private final Set<String> endless;
  private final Map<String, Timer> timers = new ConcurrentHashMap<>();
  private final Map<Outcome, Counter> counters = new ConcurrentHashMap<>();
  private final AtomicInteger openFinite = new AtomicInteger();
  private final AtomicInteger openEndless = new AtomicInteger();

  /**
   * @param methods the full names of all methods served
   * @param endless those of them whose calls last until one side goes; their duration says nothing
   */
  CallMetrics(MeterRegistry registry, Set<String> methods, Set<String> endless) {
    this.registry = registry;
    this.methods = Set.copyOf(methods);
    this.endless = Set.copyOf(endless);
  }

  /** Calls open now. */
  int open() {
    return openFinite.get() + openEndless.get();
  }

  /** Calls open now that will end by themselves. */
  int openFinite() {
    return openFinite.get();
  }

  /** Calls open now that last until one side goes. */
  int openEndless() {
    return openEndless.get();
  }

  /** Whether calls of a method last until one side goes. */
  boolean isEndless(String fullMethodName) {
    return endless.contains(fullMethodName);
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
    return new Call(methods.contains(fullMethodName) ? fullMethodName : UNKNOWN);
  }

  private Timer timer(String method) {
    return timers.computeIfAbsent(
        method,
        name ->
            Timer.builder("byssus.grpc.latency")
                .description("From the arrival of a call to its end")
                .tag("method", name)
                .serviceLevelObjectives(LatencyBuckets.all())
                .register(registry));
  }

  private Counter counter(Outcome outcome) {
    return counters.computeIfAbsent(
        outcome,
        o ->
            Counter.builder("byssus.grpc.calls")
                .description("Calls that have ended, by gRPC status")
                .tag("method", o.method)
                .tag("status", o.status.name())
                .register(registry));
  }

  private record Outcome(String method, Status.Code status) {}

  private final class Call extends ServerStreamTracer {
    private final String method;
    private final boolean finite;
    private final long startNanos = registry.config().clock().monotonicTime();
    private final AtomicBoolean closed = new AtomicBoolean();

    Call(String method) {
      this.method = method;
      this.finite = !endless.contains(method);
      (finite ? openFinite : openEndless).incrementAndGet();
    }

    @Override
    public void streamClosed(Status status) {
      if (!closed.compareAndSet(false, true)) {
        return;
      }
      (finite ? openFinite : openEndless).decrementAndGet();
      counter(new Outcome(method, status.getCode())).increment();
      if (finite) {
        long elapsed = registry.config().clock().monotonicTime() - startNanos;
        timer(method).record(elapsed, TimeUnit.NANOSECONDS);
      }
    }
  }
}
