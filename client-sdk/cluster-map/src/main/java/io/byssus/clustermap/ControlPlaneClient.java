package io.byssus.clustermap;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.GrpcErrors;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Calls the control plane: finds the leader among the members and stays with it.
 *
 * <p>A call goes first to the member that last answered as leader. A member that is not the leader
 * names it, and the call goes there; one that cannot be reached, or lets half of the remaining time
 * pass, is left for the next. So a call may be executed more than once where an answer was lost:
 * the control plane's calls are idempotent, except that the repeat of a creation answers that the
 * thing exists.
 *
 * <p>A leader that waits for the log is given no more than its half of the time either, and asked
 * again: the call fails with {@link ErrorCode#LOG_UNAVAILABLE} only about a second before its time
 * is over, so that the reason still reaches a caller further up.
 *
 * <p>Once the cluster is known, every call says which it is. A member of another cluster refuses
 * it, and is left for the next.
 *
 * <p>Safe for use by many threads. Holds one connection per member.
 */
public final class ControlPlaneClient implements AutoCloseable {
  /** Hints may name addresses beside the configured ones; more than this are not believed. */
  private static final int MAX_CHANNELS = 16;

  /** What an attempt gets at least, while the call's time lasts. */
  private static final long MIN_ATTEMPT_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A whole map comes in one message: 65,536 shards with 7 replicas are some 10 MB. */
  private static final int MAX_MAP_BYTES = 64 * 1024 * 1024;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration MAX_PAUSE = Duration.ofMillis(500);

  private final List<String> members;
  private final ClientInterceptor[] interceptors;
  private final Map<String, ManagedChannel> channels = new LinkedHashMap<>();
  private final AtomicReference<String> leader = new AtomicReference<>();
  private volatile Supplier<String> clusterId = () -> "";
  private boolean closed;

  /**
   * A client; connects when it is first used.
   *
   * @param members the members' gRPC addresses, host:port each; at least one
   * @param interceptors what each call passes through, such as one that carries the request id
   */
  public ControlPlaneClient(List<String> members, ClientInterceptor... interceptors) {
    if (members.isEmpty()) {
      throw new IllegalArgumentException("no control-plane member is given");
    }
    this.members = List.copyOf(members);
    this.interceptors = interceptors.clone();
  }

  /** A call of one of the control plane's services. */
  @FunctionalInterface
  public interface Call<T> {
    /**
     * Makes the call, blocking. Every call on the channel has a deadline already.
     *
     * @throws StatusRuntimeException as blocking stubs do
     */
    T on(Channel channel);
  }

  /**
   * Makes a call at the leader.
   *
   * @param limit how long to try; the deadline of the current gRPC context shortens it
   * @throws ByssusException {@link ErrorCode#CONTROL_PLANE_UNAVAILABLE} where no leader answered in
   *     time; {@link ErrorCode#LOG_UNAVAILABLE} where it said so until the time was over; {@link
   *     ErrorCode#WRONG_CLUSTER} where all members are of other clusters; else what the leader
   *     answered
   */
  public <T> T call(Duration limit, Call<T> call) {
    Deadline deadline = deadline(limit);
    Backoff backoff = new Backoff(FIRST_PAUSE, MAX_PAUSE, RandomGenerator.of("L64X128MixRandom"));
    String known = leader.get();
    String target = known == null ? members.get(0) : known;
    ByssusException last = null;
    int attempts = 0;
    int strangers = 0;
    boolean hinted = false;
    do {
      try {
        T answer = call.on(channel(target, attemptDeadline(deadline)));
        leader.set(target);
        return answer;
      } catch (StatusRuntimeException e) {
        ByssusException error = GrpcErrors.fromGrpc(e, ErrorCode.CONTROL_PLANE_UNAVAILABLE);
        if (error.code() == ErrorCode.LOG_UNAVAILABLE && mayAskAgain(backoff, deadline)) {
          leader.set(target);
          last = error;
          continue;
        }
        strangers = error.code() == ErrorCode.WRONG_CLUSTER ? strangers + 1 : 0;
        if (strangers == members.size()) {
          throw error;
        }
        if (!mayHelpElsewhere(error.code())) {
          leader.set(target);
          throw error;
        }
        if (Thread.currentThread().isInterrupted() || Context.current().isCancelled()) {
          throw unavailable("the caller gave up; last: ", error);
        }
        last = moreTelling(last, error);
        leader.compareAndSet(target, null);
        String hint = error.metadata().getOrDefault("leader", "");
        // Two members that name each other are asked only as often as anyone else.
        if (!hinted && !hint.equals(target) && believed(hint)) {
          hinted = true;
          target = hint;
          continue;
        }
        hinted = false;
        target = after(target);
        attempts++;
        if (attempts % members.size() == 0 && !pause(backoff, deadline)) {
          throw unavailable("the caller was interrupted; last: ", error);
        }
      }
    } while (!deadline.isExpired());
    throw unavailable(
        "no control-plane leader answered within " + limit.toMillis() + " ms; last: ", last);
  }

  /** Has calls say from now on which cluster the caller is of; empty: it is not known yet. */
  void speakFor(Supplier<String> cluster) {
    clusterId = cluster;
  }

  /** The members' gRPC addresses, as configured. */
  public List<String> members() {
    return members;
  }

  /** A connection to one member, for calls that any member serves. */
  synchronized Channel channel(String address) {
    if (closed) {
      throw new ByssusException(ErrorCode.SHUTTING_DOWN, "the control-plane client is closed");
    }
    ManagedChannel channel = channels.get(address);
    if (channel == null) {
      channel =
          ManagedChannelBuilder.forTarget("dns:///" + address)
              .usePlaintext()
              .maxInboundMessageSize(MAX_MAP_BYTES)
              .build();
      channels.put(address, channel);
    }
    // gRPC waits up to two minutes before it looks for a lost peer again, and fails calls
    // meanwhile.
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.resetConnectBackoff();
    }
    return ClientInterceptors.intercept(channel, interceptors);
  }

  private Channel channel(String address, Deadline attempt) {
    return ClientInterceptors.intercept(
        channel(address), new DeadlineInterceptor(attempt), ClusterIdHeader.sending(clusterId));
  }

  private static Deadline deadline(Duration limit) {
    Deadline own = Deadline.after(limit.toNanos(), TimeUnit.NANOSECONDS);
    Deadline outer = Context.current().getDeadline();
    return outer == null ? own : own.minimum(outer);
  }

  /** Half of what remains, so that a member that hangs leaves time for another. */
  private static Deadline attemptDeadline(Deadline deadline) {
    long remaining = deadline.timeRemaining(TimeUnit.NANOSECONDS);
    long attempt = Math.min(remaining, Math.max(remaining / 2, MIN_ATTEMPT_NANOS));
    return Deadline.after(attempt, TimeUnit.NANOSECONDS);
  }

  /**
   * The time is over for the last attempt whatever its member would have said: that tells least.
   */
  private static ByssusException moreTelling(ByssusException before, ByssusException now) {
    return before != null && now.code() == ErrorCode.DEADLINE_PASSED ? before : now;
  }

  private static boolean mayHelpElsewhere(ErrorCode code) {
    return switch (code) {
      case NOT_LEADER, CONTROL_PLANE_UNAVAILABLE, SHUTTING_DOWN, DEADLINE_PASSED, WRONG_CLUSTER ->
          true;
      default -> false;
    };
  }

  private static boolean mayAskAgain(Backoff backoff, Deadline deadline) {
    return deadline.timeRemaining(TimeUnit.NANOSECONDS) > MIN_ATTEMPT_NANOS
        && !Context.current().isCancelled()
        && pause(backoff, deadline);
  }

  private synchronized boolean believed(String hint) {
    return channels.containsKey(hint) || !hint.isEmpty() && channels.size() < MAX_CHANNELS;
  }

  private String after(String target) {
    return members.get((members.indexOf(target) + 1) % members.size());
  }

  private static boolean pause(Backoff backoff, Deadline deadline) {
    try {
      long nanos =
          Math.min(backoff.nextNanos(), Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS)));
      TimeUnit.NANOSECONDS.sleep(nanos);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static ByssusException unavailable(String message, ByssusException last) {
    String reason = last == null ? "" : last.getMessage();
    return new ByssusException(ErrorCode.CONTROL_PLANE_UNAVAILABLE, message + reason, last);
  }

  /** Ends all connections; calls in hand fail. */
  @Override
  public void close() {
    List<ManagedChannel> open;
    synchronized (this) {
      closed = true;
      open = List.copyOf(channels.values());
      channels.clear();
    }
    open.forEach(ManagedChannel::shutdownNow);
  }
}
