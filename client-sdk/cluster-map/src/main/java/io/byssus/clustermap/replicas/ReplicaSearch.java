package io.byssus.clustermap.replicas;

import io.byssus.model.ByssusException;
import io.byssus.model.ErrorCode;
import io.byssus.model.Position;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One read's way through a shard's replicas: each at most once per round, rounds without end. The
 * order is made anew for every step, since reports and failures come in meanwhile. Not thread-safe.
 */
public final class ReplicaSearch {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration MAX_PAUSE = Duration.ofMillis(320);
  private static final int MAX_SHOWN_CHARS = 200;

  private final ShardRouter router;
  private final int shard;
  private final long atLeast;
  private final boolean patient;
  private final Runnable retried;
  private final Set<String> triedInRound = new HashSet<>();
  private final Map<String, ByssusException> failures = new LinkedHashMap<>();
  private Duration pause = FIRST_PAUSE;
  private boolean others;

  /**
   * A search for a replica of a shard.
   *
   * @param atLeast the position that it must have applied; 0: any
   * @param patient whether a replica that is behind is worth another round; else the read is over
   *     when all are
   * @param retried told of every replica that is named after another has failed
   */
  public ReplicaSearch(
      ShardRouter router, int shard, long atLeast, boolean patient, Runnable retried) {
    this.router = router;
    this.shard = shard;
    this.atLeast = atLeast;
    this.patient = patient;
    this.retried = retried;
  }

  public int shard() {
    return shard;
  }

  public long atLeast() {
    return atLeast;
  }

  /** The next replica to ask; empty where this round has asked all. */
  public Optional<Replica> next() {
    List<Replica> replicas = router.replicas(shard, atLeast);
    for (Replica replica : replicas) {
      if (triedInRound.add(replica.nodeId())) {
        others = triedInRound.size() < replicas.size();
        if (!failures.isEmpty()) {
          retried.run();
        }
        return Optional.of(replica);
      }
    }
    return Optional.empty();
  }

  /** Whether this round had more to name when {@link #next} named one. */
  public boolean hasOthers() {
    return others;
  }

  /**
   * A replica failed.
   *
   * @return whether another may do better
   */
  public boolean failed(Replica replica, ByssusException failure) {
    failures.put(replica.nodeId(), failure);
    switch (failure.code()) {
      case NO_REPLICA, SHUTTING_DOWN -> router.suspect(replica);
      case DEADLINE_PASSED -> {
        // While it waits for a position a healthy server is silent for as long as a hung one.
        if (router.reached(replica, shard, atLeast)) {
          router.suspect(replica);
        }
      }
      default -> {}
    }
    return mayHelpElsewhere(failure.code());
  }

  /** Starts another round; returns how long to wait before it. */
  public Duration newRound() {
    triedInRound.clear();
    Duration before = pause;
    pause = pause.multipliedBy(2).compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : pause.multipliedBy(2);
    return before;
  }

  /**
   * Whether all replicas, each asked in this round, gave a reason that another round will not mend
   * soon: the log is away, all are older than the read allows, or none knows the namespace, for
   * which each has waited.
   */
  public boolean hopeless() {
    return !triedInRound.isEmpty()
        && triedInRound.stream().allMatch(nodeId -> isLasting(failures.get(nodeId)));
  }

  private boolean isLasting(ByssusException failure) {
    return failure != null
        && (failure.code() == ErrorCode.LOG_UNAVAILABLE
            || failure.code() == ErrorCode.NAMESPACE_NOT_FOUND
            || (failure.code() == ErrorCode.REPLICA_BEHIND && !patient));
  }

  /** Whether a replica has failed. */
  public boolean hasFailures() {
    return !failures.isEmpty();
  }

  /** Why no replica answered in time. */
  public ByssusException exhausted() {
    StringBuilder message = new StringBuilder("no replica of shard " + shard + " answered in time");
    failures.forEach((nodeId, failure) -> message.append("; ").append(shown(nodeId, failure)));
    return new ByssusException(code(), message.toString());
  }

  public static boolean mayHelpElsewhere(ErrorCode code) {
    return switch (code) {
      case NO_REPLICA,
          // One server may be cut off from the log, and another not.
          LOG_UNAVAILABLE,
          REPLICA_BEHIND,
          SHARD_NOT_HERE,
          REPLICA_HALTED,
          OVERLOADED,
          SHUTTING_DOWN,
          DEADLINE_PASSED,
          INTERNAL_FAULT,
          // Who asks has found the namespace in its own map: this server's map is another.
          NAMESPACE_NOT_FOUND ->
          true;
      default -> false;
    };
  }

  private ErrorCode code() {
    if (failures.values().stream().anyMatch(f -> f.code() == ErrorCode.LOG_UNAVAILABLE)) {
      return ErrorCode.LOG_UNAVAILABLE;
    }
    boolean behind =
        failures.values().stream()
            .anyMatch(
                failure ->
                    failure.code() == ErrorCode.REPLICA_BEHIND
                        || (failure.code() == ErrorCode.DEADLINE_PASSED
                            && atLeast != Position.NONE));
    if (behind) {
      return ErrorCode.REPLICA_BEHIND;
    }
    Set<ErrorCode> codes =
        failures.values().stream().map(ByssusException::code).collect(Collectors.toSet());
    ErrorCode only = codes.size() == 1 ? codes.iterator().next() : ErrorCode.NO_REPLICA;
    return switch (only) {
      case OVERLOADED, INTERNAL_FAULT, DEADLINE_PASSED -> only;
      default -> ErrorCode.NO_REPLICA;
    };
  }

  private static String shown(String nodeId, ByssusException failure) {
    String text = nodeId + ": " + failure.code() + ", " + failure.getMessage();
    return text.length() <= MAX_SHOWN_CHARS ? text : text.substring(0, MAX_SHOWN_CHARS) + "…";
  }
}
