package io.byssus.clustermap.replicas;

import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.internal.v1.ReplicaReport;
import io.byssus.proto.internal.v1.WatchReplicasResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * What is known of each server's replicas: what the server last said of them, and how calls to it
 * went lately. Written by {@link ReplicaWatcher}s and by the calls, read by {@link ShardRouter}.
 *
 * <p>A server says something every second. While it does, its last word on each replica holds; when
 * it falls silent, because it is gone, hangs or is cut off, its replicas age from its last word on.
 */
public final class ReplicaBoard {
  private static final long SILENT_AFTER_NANOS = Duration.ofSeconds(3).toNanos();
  private static final long FRESH_FOR_NANOS = Duration.ofSeconds(30).toNanos();
  private static final long FIRST_SUSPICION_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long MAX_SUSPICION_NANOS = Duration.ofSeconds(16).toNanos();

  private final LongSupplier nanoTime;
  private final Map<String, Server> servers = new ConcurrentHashMap<>();

  public ReplicaBoard(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * How a replica stands.
   *
   * @param reporting whether its server reports, and reported it
   * @param suspect whether a call to its server has just failed
   * @param state what it last did
   * @param fresh whether it was within a second of the log's end within the last 30 s
   * @param ageMs for how long it has not been known to be at the log's end
   * @param lagRecords how many records it was behind the log's end, as far as it knew
   * @param appliedPosition the position that it had applied
   */
  public record Standing(
      boolean reporting,
      boolean suspect,
      ReplicaState state,
      boolean fresh,
      long ageMs,
      long lagRecords,
      long appliedPosition) {

    private static Standing unknown(boolean suspect) {
      return new Standing(
          false, suspect, ReplicaState.REPLICA_STATE_UNSPECIFIED, false, Long.MAX_VALUE, 0, 0);
    }

    /** Whether it serves reads, be they old. */
    public boolean open() {
      return state == ReplicaState.CAUGHT_UP || state == ReplicaState.CATCHING_UP;
    }
  }

  private record Sighting(ReplicaReport report, long atNanos, Optional<Long> freshAtNanos) {}

  private static final class Server {
    final Map<Integer, Sighting> replicas = new ConcurrentHashMap<>();
    volatile Optional<Long> heardAtNanos = Optional.empty();
    volatile boolean connected;
    volatile Optional<Suspicion> suspicion = Optional.empty();

    boolean reports(long now) {
      return connected && heardAtNanos.map(at -> now - at <= SILENT_AFTER_NANOS).orElse(false);
    }
  }

  private record Suspicion(long untilNanos, long lengthNanos) {
    boolean holds(long now) {
      return untilNanos - now > 0;
    }

    /** Longer where the server fails again soon: it hangs, and each try costs a call its time. */
    Suspicion renewed(long now) {
      boolean soon = now - untilNanos < MAX_SUSPICION_NANOS;
      long length = soon ? Math.min(MAX_SUSPICION_NANOS, 2 * lengthNanos) : FIRST_SUSPICION_NANOS;
      return new Suspicion(now + length, length);
    }
  }

  /**
   * A server reported.
   *
   * @param first whether this is the stream's first message, which names every replica
   */
  public void heard(String nodeId, WatchReplicasResponse step, boolean first) {
    Server server = server(nodeId);
    long now = nanoTime.getAsLong();
    Set<Integer> named = new HashSet<>();
    for (ReplicaReport report : step.getReplicasList()) {
      named.add(report.getShard());
      server.replicas.compute(report.getShard(), (shard, last) -> sighting(report, last, now));
    }
    step.getRemovedList().forEach(server.replicas::remove);
    if (first) {
      server.replicas.keySet().retainAll(named);
      server.suspicion = Optional.empty();
    }
    server.heardAtNanos = Optional.of(now);
    server.connected = true;
  }

  private static Sighting sighting(ReplicaReport report, Sighting last, long now) {
    // Until it told of the change a replica was what it had said before.
    boolean fresh = caughtUp(report) || (last != null && caughtUp(last.report));
    Optional<Long> before = last == null ? Optional.empty() : last.freshAtNanos;
    return new Sighting(report, now, fresh ? Optional.of(now) : before);
  }

  private static boolean caughtUp(ReplicaReport report) {
    return report.getState() == ReplicaState.CAUGHT_UP;
  }

  /** A server's stream of reports has ended. */
  public void disconnected(String nodeId) {
    server(nodeId).connected = false;
  }

  /** A call to a server has just failed for a reason that concerns the server as a whole. */
  public void suspect(String nodeId) {
    Server server = server(nodeId);
    long now = nanoTime.getAsLong();
    synchronized (server) {
      Optional<Suspicion> last = server.suspicion;
      // Many calls may fail at once; they are one sign.
      if (last.isEmpty() || !last.get().holds(now)) {
        server.suspicion =
            Optional.of(
                last.map(suspicion -> suspicion.renewed(now))
                    .orElse(new Suspicion(now + FIRST_SUSPICION_NANOS, FIRST_SUSPICION_NANOS)));
      }
    }
  }

  /** A server has left the cluster. */
  public void forget(String nodeId) {
    servers.remove(nodeId);
  }

  /** How many servers report. */
  public int serversReporting() {
    long now = nanoTime.getAsLong();
    return (int) servers.values().stream().filter(server -> server.reports(now)).count();
  }

  /** How a server's replica of a shard stands. */
  public Standing standing(String nodeId, int shard) {
    Server server = servers.get(nodeId);
    if (server == null) {
      return Standing.unknown(false);
    }
    long now = nanoTime.getAsLong();
    boolean suspect = server.suspicion.map(suspicion -> suspicion.holds(now)).orElse(false);
    Optional<Long> heardAt = server.heardAtNanos;
    Sighting sighting = server.replicas.get(shard);
    if (sighting == null || heardAt.isEmpty()) {
      return Standing.unknown(suspect);
    }
    ReplicaReport report = sighting.report;
    long freshAgoNanos =
        caughtUp(report)
            ? now - heardAt.get()
            : sighting.freshAtNanos.map(at -> now - at).orElse(Long.MAX_VALUE);
    return new Standing(
        server.reports(now),
        suspect,
        report.getState(),
        freshAgoNanos <= FRESH_FOR_NANOS,
        report.getAgeMs() + Duration.ofNanos(now - sighting.atNanos).toMillis(),
        report.getLagRecords(),
        report.getAppliedPosition());
  }

  private Server server(String nodeId) {
    return servers.computeIfAbsent(nodeId, id -> new Server());
  }
}
