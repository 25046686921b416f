package io.byssus.server;

import io.byssus.clustermap.ClusterImage;
import io.byssus.proto.admin.v1.ReplicaState;
import io.byssus.proto.internal.v1.ReplicaReport;
import io.byssus.proto.internal.v1.ShardView;
import io.byssus.proto.kv.v1.ReadContext;
import io.byssus.storage.Shard;
import io.byssus.wal.LogEntry;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Lets the simulation hold a replica of production, and the barriers of its readers. */
public final class ReplicaSeat {
  private final Replica replica;
  private final ShardBarriers barriers;
  private final MarkPace ticks;
  private final MarkPace drops;

  /**
   * A replica that is open.
   *
   * @param barrier appends a barrier to the log
   * @param appender where barriers are handed over
   */
  public ReplicaSeat(
      int shard,
      long epoch,
      LongSupplier nanoTime,
      Shard opened,
      Supplier<CompletableFuture<Long>> barrier,
      Executor appender,
      RandomGenerator random) {
    replica = new Replica(shard, epoch, nanoTime);
    replica.opened(opened);
    barriers = new ShardBarriers(shard, barrier, replica::awaitOffset, appender, nanoTime);
    ticks = new MarkPace(random);
    drops = new MarkPace(random);
  }

  /** The shard. */
  public Shard shard() {
    return replica.open();
  }

  /** See {@link Replica#apply}. */
  public void apply(List<LogEntry> entries) {
    replica.apply(entries);
  }

  /** See {@link Replica#logEnd}. */
  public void logEnd(long endOffset, long askedNanos) {
    replica.logEnd(endOffset, askedNanos);
  }

  /** A planted fault in how reads come by their freshness. */
  public enum Fault {
    /** None is planted. */
    NONE,
    /** LINEARIZABLE needs no barrier. */
    NO_BARRIER,
    /** LINEARIZABLE takes a barrier that was handed over before the read came. */
    OLD_BARRIER
  }

  /**
   * Completes when the replica is as a view wants it, as in {@link ReadViews}; with the moment that
   * a barrier has proven.
   */
  public CompletableFuture<OptionalLong> ready(ShardView view, Fault fault) {
    return replica
        .await(view.getAtLeast())
        .done()
        .thenCompose(
            reached ->
                switch (view.getConsistency()) {
                  case LINEARIZABLE -> linearizable(fault);
                  case BOUNDED ->
                      view.getMaxStalenessMs() < ReadViews.LEAST_STALENESS_MILLIS
                          ? linearizable(fault)
                          : bounded(TimeUnit.MILLISECONDS.toNanos(view.getMaxStalenessMs()));
                  default -> CompletableFuture.completedFuture(OptionalLong.empty());
                });
  }

  private CompletableFuture<OptionalLong> linearizable(Fault fault) {
    return switch (fault) {
      case NONE -> barriers.linearizable().done().thenApply(OptionalLong::of);
      case NO_BARRIER -> CompletableFuture.completedFuture(OptionalLong.empty());
      case OLD_BARRIER ->
          barriers.notOlderThan(TimeUnit.SECONDS.toNanos(1)).done().thenApply(OptionalLong::of);
    };
  }

  private CompletableFuture<OptionalLong> bounded(long ageNanos) {
    return barriers
        .notOlderThan(ageNanos)
        .done()
        .thenCompose(
            proven ->
                replica.nanoTime().getAsLong() - proven <= ageNanos
                    ? CompletableFuture.completedFuture(OptionalLong.of(proven))
                    : bounded(ageNanos));
  }

  /** See {@link Replica#context}. */
  public ReadContext context(long seenPosition, OptionalLong provenNanos) {
    return replica.context(seenPosition, provenNanos);
  }

  /** See {@link Replica#report}. */
  public ReplicaReport report() {
    return replica.report();
  }

  /** What the control plane is told: with what the map wants gone and the replica still holds. */
  public ReplicaReport report(ClusterImage map) {
    return replica.report().toBuilder()
        .addAllUndroppedNamespaces(UndroppedNamespaces.of(map, replica))
        .build();
  }

  /** Whether to append a tick now, as {@link TickLoop} decides it. */
  public boolean isTimeToTick(long wallClockMillis) {
    OptionalLong due = replica.open().nextDueMillis();
    boolean need = caughtUp() && due.isPresent() && due.getAsLong() <= wallClockMillis;
    return ticks.isTime(need ? due : OptionalLong.empty(), replica.nanoTime().getAsLong());
  }

  /** The namespace whose drop is to be appended now, as {@link TickLoop} decides it. */
  public Optional<Integer> toDrop(ClusterImage map) {
    List<Integer> undropped = caughtUp() ? UndroppedNamespaces.of(map, replica) : List.of();
    OptionalLong first = undropped.stream().mapToLong(id -> id).findFirst();
    return drops.isTime(first, replica.nanoTime().getAsLong())
        ? Optional.of(undropped.get(0))
        : Optional.empty();
  }

  private boolean caughtUp() {
    return replica.state() == ReplicaState.CAUGHT_UP;
  }

  /** See {@link Replica#epoch}. */
  public void epoch(long assigned) {
    replica.epoch(assigned);
  }
}
