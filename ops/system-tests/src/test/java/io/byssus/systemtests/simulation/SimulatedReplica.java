package io.byssus.systemtests.simulation;

import io.byssus.proto.internal.v1.ShardView;
import io.byssus.server.ReplicaSeat;
import io.byssus.storage.Shard;
import io.byssus.storage.StorageSeat;
import io.byssus.wal.LogEntry;
import io.byssus.wal.ReplayHaltedException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Feeds a replica of production from its partition of the log: in batches of any size, sometimes
 * late, with an end of the log that may be old.
 */
final class SimulatedReplica {
  private static final long IDLE_NANOS = 700_000_000L;
  private static final int MOST_ENTRIES = 40;

  private final Simulation simulation;
  private final SimulatedServer server;
  private final LogPartition partition;
  private final ReplicaSeat seat;
  private final Shard shard;
  private boolean fetching;
  private boolean over;
  private long lagsUntilNanos;

  SimulatedReplica(
      Simulation simulation, SimulatedServer server, LogPartition partition, ReplicaSeat seat) {
    this.simulation = simulation;
    this.server = server;
    this.partition = partition;
    this.seat = seat;
    this.shard = seat.shard();
  }

  ReplicaSeat seat() {
    return seat;
  }

  Shard shard() {
    return shard;
  }

  void start() {
    fetchSoon();
    idle();
  }

  int shardNumber() {
    return partition.shard();
  }

  void end() {
    over = true;
  }

  /** Does not fetch for a while. */
  void lag(long nanos) {
    lagsUntilNanos = simulation.schedule().nowNanos() + nanos;
  }

  /** There is more in the log. */
  void fetchSoon() {
    if (fetching || over) {
      return;
    }
    fetching = true;
    long lag = Math.max(0, lagsUntilNanos - simulation.schedule().nowNanos());
    server
        .process()
        .after(
            Math.max(lag, partition.awayNanos()) + simulation.schedule().between(0.3, 8),
            "fetch",
            this::fetch);
  }

  private void idle() {
    if (!over) {
      server
          .process()
          .after(
              IDLE_NANOS,
              "idle fetch",
              () -> {
                fetchSoon();
                mark();
                idle();
              });
    }
  }

  /** What a replica does for its shard while nobody writes to it. */
  private void mark() {
    if (seat.isTimeToTick(server.process().millis())) {
      simulation.count(Tally.Sight.TICK);
      server.wal().append(partition.shard(), simulation.tick(server.process()));
    }
    seat.toDrop(server.map())
        .ifPresent(
            namespaceId -> {
              simulation.count(Tally.Sight.NAMESPACE_DROPPED_FROM_SHARD);
              simulation
                  .trace()
                  .note("%s drops %d from shard %d", server.id(), namespaceId, partition.shard());
              server
                  .wal()
                  .append(partition.shard(), simulation.drop(server.process(), namespaceId));
            });
  }

  private void fetch() {
    fetching = false;
    if (over || partition.awayNanos() > 0) {
      return;
    }
    Schedule schedule = simulation.schedule();
    List<LogEntry> entries =
        partition.read(shard.nextOffset(), 1 + schedule.random().nextInt(MOST_ENTRIES));
    long end = partition.end();
    seat.logEnd(schedule.oneIn(10) ? Math.max(0, end - 3) : end, schedule.nowNanos());
    if (!entries.isEmpty()) {
      apply(entries);
    }
    if (shard.nextOffset() < partition.end()) {
      fetchSoon();
    }
  }

  private void apply(List<LogEntry> entries) {
    try {
      seat.apply(asSeen(entries));
    } catch (ReplayHaltedException e) {
      throw Invariant.NO_REPLICA_HALTS.broken(
          "%s, shard %d: %s %s", server.id(), partition.shard(), e.reason(), e.getMessage());
    }
    simulation
        .checks()
        .applied(server.id(), partition.shard(), shard, simulation.schedule().oneIn(8));
    if (simulation.schedule().oneIn(12)) {
      StorageSeat.flush(shard);
    }
    if (simulation.schedule().oneIn(8)) {
      StorageSeat.removeEnded(shard);
    }
  }

  private List<LogEntry> asSeen(List<LogEntry> entries) {
    if (!simulation.planted(PlantedBug.WALL_CLOCK_FOR_SHARD_CLOCK)) {
      return entries;
    }
    List<LogEntry> seen = new ArrayList<>();
    for (LogEntry entry : entries) {
      seen.add(
          new LogEntry(
              entry.offset(), entry.leaderEpoch(), server.process().millis(), entry.bytes()));
    }
    return seen;
  }

  /** Completes when a read may be answered. */
  CompletableFuture<OptionalLong> ready(ShardView view) {
    return seat.ready(
        view,
        simulation.planted(PlantedBug.BARRIERS_SKIPPED)
            ? ReplicaSeat.Fault.NO_BARRIER
            : simulation.planted(PlantedBug.BARRIER_JOINED_LATE)
                ? ReplicaSeat.Fault.OLD_BARRIER
                : ReplicaSeat.Fault.NONE);
  }
}
