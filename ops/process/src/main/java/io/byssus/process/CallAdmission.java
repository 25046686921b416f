package io.byssus.process;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.byssus.proto.kv.v1.Criticality;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decides for each new call whether it is let in, and which thread works for it.
 *
 * <p>A pool that refuses a task in the middle of a call would leave that call hanging, so the bound
 * is on calls, at the door: gRPC asks {@link #getExecutor} once per call, on its event loop, before
 * anything runs. A call over the limit stays on the event loop and is marked there; the interceptor
 * sees the mark and answers OVERLOADED at once. A call let in has at most one task in the pool at a
 * time, so the pool's queue is bounded by the calls, those just cancelled included.
 *
 * <p>The nearer the bound, the more critical a call must be to be let in: see {@link #mostCalls}.
 *
 * <p>Services and methods named as running on the event loop must never block. The health service
 * is one of them and is never refused: being asked how it is must not make a busy process look
 * dead.
 */
final class CallAdmission implements ServerCallExecutorSupplier, ServerInterceptor, AutoCloseable {
  private static final Metadata.Key<String> REFUSED =
      Metadata.Key.of("byssus-refused", Metadata.ASCII_STRING_MARSHALLER);

  private final int mostCalls;
  private final int mostEndlessCalls;
  private final CallMetrics metrics;
  private final Set<String> eventLoopServices;
  private final Set<String> eventLoopMethods;
  private final Set<String> neverRefused;
  private final ThreadPoolExecutor pool;

  /**
   * @param mostCalls how many calls that end by themselves may be open
   * @param mostEndlessCalls how many others may
   * @param metrics knows how many calls are open now, the new one included
   */
  CallAdmission(
      String name,
      int threads,
      int mostCalls,
      int mostEndlessCalls,
      CallMetrics metrics,
      Set<String> eventLoopServices,
      Set<String> eventLoopMethods,
      Set<String> neverRefused) {
    this.mostCalls = mostCalls;
    this.mostEndlessCalls = mostEndlessCalls;
    this.metrics = metrics;
    this.eventLoopServices = Set.copyOf(eventLoopServices);
    this.eventLoopMethods = Set.copyOf(eventLoopMethods);
    this.neverRefused = Set.copyOf(neverRefused);
    var number = new AtomicInteger();
    this.pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(2 * (mostCalls + mostEndlessCalls)),
            task -> new Thread(task, name + "-" + number.incrementAndGet()));
    pool.allowCoreThreadTimeOut(true);
  }

  /** Null leaves the call on the event loop. */
  @Override
  public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata headers) {
    String service = call.getMethodDescriptor().getServiceName();
    headers.removeAll(REFUSED);
    boolean endless = isEndless(call);
    if (isFull(endless, mostCalls(endless, CallCriticality.of(headers)))
        && !neverRefused.contains(service)) {
      headers.put(REFUSED, "true");
      return null;
    }
    return eventLoopServices.contains(service)
            || eventLoopMethods.contains(call.getMethodDescriptor().getFullMethodName())
        ? null
        : pool;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    var criticality = CallCriticality.of(headers);
    if (!headers.containsKey(REFUSED)) {
      return criticality == Criticality.DEFAULT
          ? next.startCall(call, headers)
          : Contexts.interceptCall(CallCriticality.in(criticality), call, headers, next);
    }
    var refusal =
        GrpcErrors.toGrpc(
            new ByssusException(
                ErrorCode.OVERLOADED,
                "this process already works on "
                    + mostCalls(isEndless(call), criticality)
                    + (isEndless(call) ? " endless" : "")
                    + " calls, as many as it may when a "
                    + CallCriticality.text(criticality)
                    + " call comes"));
    call.close(refusal.getStatus(), refusal.getTrailers());
    return new ServerCall.Listener<>() {};
  }

  /**
   * How many calls may be open, the new one included, for a new one to be let in: see {@link
   * CallCriticality#share}. Endless calls count by themselves, or those who only listen would keep
   * out all who ask.
   */
  private int mostCalls(boolean endless, Criticality criticality) {
    return CallCriticality.share(criticality, endless ? mostEndlessCalls : mostCalls);
  }

  private boolean isEndless(ServerCall<?, ?> call) {
    return metrics.isEndless(call.getMethodDescriptor().getFullMethodName());
  }

  int queuedTasks() {
    return pool.getQueue().size();
  }

  /** To be closed after the server: calls need the pool to end in good order. */
  @Override
  public void close() {
    pool.shutdown();
  }

  private boolean isFull(boolean endless, int most) {
    int open = endless ? metrics.openEndless() : metrics.openFinite();
    return open > most || queuedTasks() >= most;
  }
}
