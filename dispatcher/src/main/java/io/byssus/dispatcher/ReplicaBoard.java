package io.byssus.dispatcher;

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
 * <p>While a server's stream of reports lives, its last word holds, since it speaks of changes
 * only. When the stream has ended, its replicas age from then on.
 */
final class ReplicaBoard {
  /** A replica is fresh if its last word is no older than this. */
  private static final long FRESH_AGE_MS = 1_000;

  private static final long FRESH_FOR_NANOS = Duration.ofSeconds(30).toNanos();
  private static final long FIRST_SUSPICION_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long MAX_SUSPICION_NANOS = Duration.ofSeconds(16).toNanos();

  private final LongSupplier nanoTime;
  private final Map<String, Server> servers = new ConcurrentHashMap<>();

  ReplicaBoard(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * How a replica stands.
   *
   * @param reporting whether its server's stream of reports lives
   * @param suspect whether a call to its server has just failed
   * @param known whether its server ever reported it
   * @param halted whether it waits for an operator
   * @param fresh whether it was within a second of the log's end within the last 30 s
   * @param ageMs for how long it has not known itself to be at the log's end
   * @param lagRecords how many records it was behind the log's end, as far as it knew
   * @param appliedPosition the position applied
   */
  record Standing(
      boolean reporting,
      boolean suspect,
      boolean known,
      boolean halted,
      boolean fresh,
      long ageMs,
      long lagRecords,
      long appliedPosition) {}

  private record Sighting(ReplicaReport report, long atNanos, Optional<Long> freshAtNanos) {}

  private static final class Server {
    final Map<Integer, Sighting> replicas = new ConcurrentHashMap<>();
    volatile boolean reporting;
    volatile Optional<Suspicion> suspicion = Optional.empty();
    volatile long silentSinceNanos;
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
  void heard(String nodeId, WatchReplicasResponse step, boolean first) {
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
    server.reporting = true;
  }

  private static Sighting sighting(ReplicaReport report, Sighting last, long now) {
    if (report.getAgeMs() <= FRESH_AGE_MS) {
      return new Sighting(report, now, Optional.of(now));
    }
    if (last == null) {
      return new Sighting(report, now, Optional.empty());
    }
    // Until it told of its age the replica was what it had said before.
    boolean wasFresh = last.report.getAgeMs() <= FRESH_AGE_MS;
    return new Sighting(report, now, wasFresh ? Optional.of(now) : last.freshAtNanos);
  }

  /** A server's stream of reports has ended. */
  void silent(String nodeId) {
    Server server = server(nodeId);
    if (server.reporting) {
      server.silentSinceNanos = nanoTime.getAsLong();
      server.reporting = false;
    }
  }

  /** A call to a server has just failed for a reason that concerns the server as a whole. */
  void suspect(String nodeId) {
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
  void forget(String nodeId) {
    servers.remove(nodeId);
  }

  /** How a server's replica of a shard stands. */
  Standing standing(String nodeId, int shard) {
    Server server = servers.get(nodeId);
    if (server == null) {
      return new Standing(false, false, false, false, false, Long.MAX_VALUE, 0, 0);
    }
    long now = nanoTime.getAsLong();
    boolean reporting = server.reporting;
    boolean suspect = server.suspicion.map(suspicion -> suspicion.holds(now)).orElse(false);
    Sighting sighting = server.replicas.get(shard);
    if (sighting == null) {
      return new Standing(reporting, suspect, false, false, false, Long.MAX_VALUE, 0, 0);
    }
    ReplicaReport report = sighting.report;
    long silentNanos = reporting ? 0 : now - server.silentSinceNanos;
    boolean saysFresh = report.getAgeMs() <= FRESH_AGE_MS;
    long sinceFreshNanos =
        saysFresh ? silentNanos : sighting.freshAtNanos.map(at -> now - at).orElse(Long.MAX_VALUE);
    return new Standing(
        reporting,
        suspect,
        true,
        report.getState() == ReplicaState.HALTED,
        sinceFreshNanos <= FRESH_FOR_NANOS,
        report.getAgeMs() + Duration.ofNanos(silentNanos).toMillis(),
        report.getLagRecords(),
        report.getAppliedPosition());
  }

  private Server server(String nodeId) {
    return servers.computeIfAbsent(nodeId, id -> new Server());
  }
}
