package io.byssus.client.calls;

import io.byssus.model.ErrorCode;
import io.byssus.proto.kv.v1.KvServiceGrpc;
import io.byssus.proto.kv.v1.ResolveRequest;
import io.byssus.proto.kv.v1.ResolveResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The namespaces that this client has resolved, kept until one proves to be another; at most as
 * many as the names that the client's user has used. Callers that ask for the same name at the same
 * time share one call.
 */
public final class NamespaceDirectory {
  private final Calls calls;
  private final DispatcherClock clock;

  // Guarded by this.
  private final Map<String, ResolvedNamespace> resolved = new HashMap<>();
  private final Map<String, List<Asking>> asking = new HashMap<>();

  private record Asking(
      String requestId, long deadline, RetriedCall.Outcome<ResolvedNamespace> outcome) {}

  /** Passes on the first outcome only: the call's, or the passing of the caller's own deadline. */
  private static final class Once implements RetriedCall.Outcome<ResolvedNamespace> {
    private final RetriedCall.Outcome<ResolvedNamespace> outcome;
    private final AtomicBoolean over = new AtomicBoolean();

    Once(RetriedCall.Outcome<ResolvedNamespace> outcome) {
      this.outcome = outcome;
    }

    @Override
    public void answered(ResolvedNamespace found) {
      if (over.compareAndSet(false, true)) {
        outcome.answered(found);
      }
    }

    @Override
    public void failed(CallFailure failure) {
      if (over.compareAndSet(false, true)) {
        outcome.failed(failure);
      }
    }
  }

  public NamespaceDirectory(Calls calls, DispatcherClock clock) {
    this.calls = calls;
    this.clock = clock;
  }

  /**
   * Finds a namespace, at once if it is known. The outcome comes before the deadline, or soon
   * after.
   */
  public void resolve(
      String name,
      String requestId,
      long deadline,
      RetriedCall.Outcome<ResolvedNamespace> outcome) {
    ResolvedNamespace known;
    Asking caller = new Asking(requestId, deadline, outcome);
    synchronized (this) {
      known = resolved.get(name);
      if (known == null) {
        List<Asking> others = asking.get(name);
        if (others != null) {
          others.add(deadline - others.get(0).deadline < 0 ? bounded(caller) : caller);
          return;
        }
        asking.put(name, new ArrayList<>(List.of(caller)));
      }
    }
    if (known != null) {
      outcome.answered(known);
    } else {
      call(name, caller);
    }
  }

  /** A caller who will not wait for as long as the one whose call he shares. */
  private Asking bounded(Asking caller) {
    Once once = new Once(caller.outcome);
    CallFailure passed =
        CallFailure.local(
            ErrorCode.DEADLINE_PASSED, "the deadline passed before the namespace was resolved");
    calls.later(() -> once.failed(passed), caller.deadline - calls.now());
    return new Asking(caller.requestId, caller.deadline, once);
  }

  /** Forgets a namespace, unless it has been resolved anew since. */
  public synchronized void drop(String name, ResolvedNamespace stale) {
    resolved.remove(name, stale);
  }

  private void call(String name, Asking first) {
    ResolveRequest request = ResolveRequest.newBuilder().setNamespace(name).build();
    new RetriedCall<>(
            calls,
            KvServiceGrpc.getResolveMethod(),
            () -> request,
            CallTag.of(first.requestId),
            first.deadline,
            CallFailure::retryable,
            new RetriedCall.Outcome<ResolveResponse>() {
              @Override
              public void answered(ResolveResponse answer) {
                clock.observe(answer.getDispatcherTimeMs());
                ResolvedNamespace found =
                    new ResolvedNamespace(answer.getNamespaceId(), answer.getShardCount());
                List<Asking> callers;
                synchronized (NamespaceDirectory.this) {
                  resolved.put(name, found);
                  callers = asking.remove(name);
                }
                run(callers, caller -> caller.outcome.answered(found));
              }

              @Override
              public void failed(CallFailure failure) {
                List<Asking> callers;
                synchronized (NamespaceDirectory.this) {
                  callers = asking.remove(name);
                }
                run(callers, caller -> again(name, caller, first, failure));
              }
            })
        .start();
  }

  /** Asks anew for a caller that has more time than the one whose call failed. */
  private void again(String name, Asking caller, Asking first, CallFailure failure) {
    if (failure.retryable() && caller.deadline - first.deadline > 0) {
      resolve(name, caller.requestId, caller.deadline, caller.outcome);
    } else {
      caller.outcome.failed(failure);
    }
  }

  private static void run(List<Asking> callers, Consumer<Asking> step) {
    List<Runnable> steps = new ArrayList<>(callers.size());
    callers.forEach(caller -> steps.add(() -> step.accept(caller)));
    Trampoline.run(steps);
  }
}
