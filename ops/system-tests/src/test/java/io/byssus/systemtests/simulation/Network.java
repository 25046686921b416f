package io.byssus.systemtests.simulation;

import io.grpc.Status;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Carries messages between processes: late, out of order, and some not at all. A link may be cut,
 * in one direction or both.
 */
final class Network {
  private final Schedule schedule;
  private final Map<String, Long> cutUntilNanos = new HashMap<>();
  private boolean troubled = true;

  Network(Schedule schedule) {
    this.schedule = schedule;
  }

  /** Cuts one direction of a link for a while. */
  void cut(SimulatedProcess from, SimulatedProcess to, long nanos) {
    cutUntilNanos.put(link(from, to), schedule.nowNanos() + nanos);
  }

  /** From now on nothing is lost any more. */
  void heal() {
    troubled = false;
    cutUntilNanos.clear();
  }

  private static String link(SimulatedProcess from, SimulatedProcess to) {
    return from.name() + '>' + to.name();
  }

  private boolean isCut(SimulatedProcess from, SimulatedProcess to) {
    Long until = cutUntilNanos.get(link(from, to));
    return until != null && until > schedule.nowNanos();
  }

  /** Sends a message; what it does is done by the receiver, if it arrives. */
  void send(SimulatedProcess from, SimulatedProcess to, String what, Runnable received) {
    if (isCut(from, to) || (troubled && schedule.oneIn(150))) {
      return;
    }
    to.after(delay(), what, received);
  }

  private long delay() {
    if (troubled && schedule.oneIn(40)) {
      return schedule.between(20, 1_500);
    }
    return schedule.between(0.1, 4);
  }

  /**
   * Calls another process. The future fails as gRPC does: UNAVAILABLE where the other is not there,
   * DEADLINE_EXCEEDED where no answer came in time; or with what the other answers.
   */
  <T> CompletableFuture<T> call(
      SimulatedProcess from,
      SimulatedProcess to,
      String what,
      long timeoutNanos,
      Supplier<CompletableFuture<T>> handler) {
    CompletableFuture<T> result = new CompletableFuture<>();
    if (!to.isUp()) {
      from.after(
          schedule.between(0.1, 3),
          what + " refused",
          () -> result.completeExceptionally(Status.UNAVAILABLE.asRuntimeException()));
      return result;
    }
    Schedule.Event timeout =
        from.after(
            timeoutNanos,
            what + " timed out",
            () -> result.completeExceptionally(Status.DEADLINE_EXCEEDED.asRuntimeException()));
    send(
        from,
        to,
        what,
        () ->
            handle(handler)
                .whenComplete(
                    (answer, failure) ->
                        send(
                            to,
                            from,
                            what + " answered",
                            () -> {
                              timeout.cancel();
                              if (failure == null) {
                                result.complete(answer);
                              } else {
                                result.completeExceptionally(failure);
                              }
                            })));
    return result;
  }

  private static <T> CompletableFuture<T> handle(Supplier<CompletableFuture<T>> handler) {
    try {
      return handler.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
